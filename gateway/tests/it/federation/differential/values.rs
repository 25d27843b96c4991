//! Random arguments: literals, and variables with and without defaults, in lists and in input objects.

use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;
use serde_json::{Map, Value, json};

use super::generate::Generator;
use super::operation::Variable;

/// Strings with what escapes and quoting may get wrong.
const TEXTS: [&str; 7] = ["", "a", "é ☃", "\"q\" \\ /", "line\nline", "{ id }", "$nobody"];

impl Generator<'_> {
    /// The text of a value where `ty` is asked for, with variables at times.
    pub(super) fn argument(&mut self, name: &str, ty: &Type, has_default: bool, depth: usize) -> String {
        if self.chance(25) {
            return self.variable(name, ty, has_default);
        }
        if !ty.is_non_null() && self.chance(10) {
            return "null".to_owned();
        }
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                // A single value is a list of it.
                if self.chance(10) && !matches!(**item, Type::List(_) | Type::NonNullList(_)) {
                    let value = self.argument(name, &item.as_ref().clone().non_null(), false, depth);
                    return if value.starts_with('$') { format!("[{value}]") } else { value };
                }
                let items: Vec<String> =
                    (0..self.rng.usize(0..3)).map(|_| self.argument(name, item, false, depth)).collect();
                format!("[{}]", items.join(", "))
            }
            Type::Named(of) | Type::NonNullNamed(of) => self.literal(name, of, depth),
        }
    }

    fn literal(&mut self, name: &str, ty: &str, depth: usize) -> String {
        let schema = self.schema;
        let Some(ExtendedType::InputObject(input)) = schema.types.get(ty) else {
            let value = self.leaf(name, ty);
            return self.written(ty, &value);
        };
        let mut fields = Vec::new();
        for (name, field) in &input.fields {
            let required = field.ty.is_non_null() && field.default_value.is_none();
            let deeper = matches!(schema.types.get(field.ty.inner_named_type()), Some(ExtendedType::InputObject(_)));
            if required || self.chance(50) && (depth < 3 || !deeper) {
                let value = self.argument(name, &field.ty, field.default_value.is_some(), depth + 1);
                fields.push(format!("{name}: {value}"));
            }
        }
        self.rng.shuffle(&mut fields);
        format!("{{{}}}", fields.join(", "))
    }

    /// A leaf's value as a literal.
    fn written(&mut self, ty: &str, value: &Value) -> String {
        let is_enum = matches!(self.schema.types.get(ty), Some(ExtendedType::Enum(_)));
        match value {
            Value::String(text) if is_enum => text.clone(),
            Value::String(text) if self.chance(10) && !text.contains(['"', '\\']) && !text.is_empty() => {
                format!("\"\"\"{text}\"\"\"")
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.written(ty, item)).collect();
                format!("[{}]", items.join(" "))
            }
            Value::Object(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(name, field)| format!("{name}: {}", self.written(ty, field))).collect();
                format!("{{{}}}", fields.join(" "))
            }
            other => other.to_string(),
        }
    }

    /// A value of a scalar or an enum.
    fn leaf(&mut self, name: &str, ty: &str) -> Value {
        if let Some(ExtendedType::Enum(definition)) = self.schema.types.get(ty) {
            let values: Vec<&str> = definition.values.keys().map(apollo_compiler::Name::as_str).collect();
            return Value::from(values[self.rng.usize(..values.len())]);
        }
        match ty {
            "Int" => Value::from(*self.one(&[0, 1, 2, -3, i32::MAX, i32::MIN])),
            "Float" => self.one(&[json!(0.5), json!(-2.25), json!(3), json!(1e20)]).clone(),
            "Boolean" => Value::from(self.chance(50)),
            "String" | "ID" => match self.known.get(name) {
                Some(known) if self.rng.u8(..100) < 80 => known[self.rng.usize(..known.len())].clone(),
                _ => Value::from(*self.one(&TEXTS)),
            },
            _ => self
                .one(&[json!({"a": [1, null, {"b": "c"}]}), json!([]), json!("text"), json!(1.5), json!({"id": true})])
                .clone(),
        }
    }

    /// A value as JSON.
    fn value(&mut self, name: &str, ty: &Type, depth: usize) -> Value {
        if !ty.is_non_null() && self.chance(15) {
            return Value::Null;
        }
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                (0..self.rng.usize(0..3)).map(|_| self.value(name, item, depth)).collect()
            }
            Type::Named(of) | Type::NonNullNamed(of) => {
                let schema = self.schema;
                let Some(ExtendedType::InputObject(input)) = schema.types.get(of) else { return self.leaf(name, of) };
                let mut fields = Map::new();
                for (name, field) in &input.fields {
                    let required = field.ty.is_non_null() && field.default_value.is_none();
                    if required || self.chance(50) && depth < 3 {
                        fields.insert(name.to_string(), self.value(name, &field.ty, depth + 1));
                    }
                }
                Value::Object(fields)
            }
        }
    }

    /// A variable that may stand where `ty` is asked for: of this type or of one that says more; nullable with a default of
    /// its own, or where the place has one.
    fn variable(&mut self, name: &str, ty: &Type, has_default: bool) -> String {
        let own_default = self.chance(30);
        let nullable = ty.is_non_null() && (own_default || has_default) && self.chance(60);
        let given = match ty {
            Type::NonNullNamed(of) if nullable => Type::Named(of.clone()),
            Type::NonNullList(of) if nullable => Type::List(of.clone()),
            other if self.chance(20) => other.clone().non_null(),
            other => other.clone(),
        };
        let text = given.to_string();
        let needs_default = ty.is_non_null() && !given.is_non_null() && !has_default;
        let fits = |known: &&Variable| known.ty == text && (!needs_default || known.default.is_some());
        let known: Vec<String> = self.variables.iter().filter(fits).map(|known| known.name.clone()).collect();
        if !known.is_empty() && self.chance(60) {
            return format!("${}", self.one(&known));
        }
        let default = (own_default || needs_default).then(|| {
            let value = self.value(name, &given.clone().non_null(), 2);
            self.constant(&given, &value)
        });
        let may_be_absent = default.is_some() || !given.is_non_null();
        // Null where null is refused would be an error of the request, on which there is nothing to compare.
        let must_be = if ty.is_non_null() { given.clone().non_null() } else { given.clone() };
        let value = if may_be_absent && self.chance(35) { None } else { Some(self.value(name, &must_be, 0)) };
        let name = if self.variables.is_empty() && self.chance(20) {
            "representations".to_owned()
        } else {
            format!("v{}", self.variables.len())
        };
        self.variables.push(Variable { name: name.clone(), ty: text, default, value });
        format!("${name}")
    }

    /// A value of JSON as a literal of a type.
    fn constant(&mut self, ty: &Type, value: &Value) -> String {
        match (ty, value) {
            (_, Value::Null) => "null".to_owned(),
            (Type::List(item) | Type::NonNullList(item), Value::Array(items)) => {
                let items: Vec<String> = items.iter().map(|value| self.constant(item, value)).collect();
                format!("[{}]", items.join(", "))
            }
            (Type::Named(of) | Type::NonNullNamed(of), value) => {
                let schema = self.schema;
                match (schema.types.get(of), value) {
                    (Some(ExtendedType::InputObject(input)), Value::Object(fields)) => {
                        let fields: Vec<String> = fields
                            .iter()
                            .map(|(name, value)| {
                                format!("{name}: {}", self.constant(&input.fields[name.as_str()].ty, value))
                            })
                            .collect();
                        format!("{{{}}}", fields.join(", "))
                    }
                    _ => self.written(of, value),
                }
            }
            (_, value) => value.to_string(),
        }
    }
}

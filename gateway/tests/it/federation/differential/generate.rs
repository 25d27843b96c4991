//! Random operations over a schema.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use apollo_compiler::Schema;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};
use apollo_compiler::validation::Valid;
use fastrand::Rng;
use serde_json::Value;

use super::operation::{Fragment, Head, Item, Operation, Variable};

/// What is known before any operation is made: the schema's types, and values that its data has.
pub(crate) struct Ground {
    schema: Valid<Schema>,
    /// The object types of each type that has fields or members.
    objects: BTreeMap<String, Vec<String>>,
    /// Values by the names of the fields that have them.
    known: HashMap<String, Vec<Value>>,
}

/// The fields of one object's selection by response key: what each is called with, and what is selected of it.
type Scope = Rc<RefCell<HashMap<String, (String, Vec<(String, String)>, Level)>>>;

/// A scope that is made when something is put into it.
#[derive(Clone, Default)]
struct Level(Scope);

/// Makes one operation.
pub(crate) struct Generator<'g> {
    ground: &'g Ground,
    pub(super) schema: &'g Schema,
    pub(super) known: &'g HashMap<String, Vec<Value>>,
    pub(super) rng: &'g mut Rng,
    pub(super) variables: Vec<Variable>,
    fragments: Vec<Fragment>,
    /// Selections that may still be made.
    budget: usize,
}

impl Ground {
    pub(crate) fn of<'w>(
        schema: &Valid<Schema>,
        entities: impl Iterator<Item = &'w serde_json::Map<String, Value>>,
    ) -> Self {
        let mut known: HashMap<String, Vec<Value>> = HashMap::new();
        for (name, value) in entities.flatten() {
            if matches!(value, Value::String(text) if !text.starts_with('@')) {
                known.entry(name.clone()).or_default().push(value.clone());
            }
        }
        let implementers = schema.implementers_map();
        let mut objects = BTreeMap::new();
        for (name, definition) in schema.types.iter().filter(|(name, _)| !name.starts_with("__")) {
            let of = match definition {
                ExtendedType::Object(_) => vec![name.to_string()],
                ExtendedType::Interface(_) => {
                    let of = implementers.get(name).into_iter().flat_map(|found| &found.objects);
                    of.map(ToString::to_string).collect()
                }
                ExtendedType::Union(union) => union.members.iter().map(|member| member.name.to_string()).collect(),
                _ => continue,
            };
            objects.insert(name.to_string(), of);
        }
        Self { schema: schema.clone(), objects, known }
    }

    pub(crate) fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// An operation of `rng`; it may be one that no validation lets through.
    pub(crate) fn operation(&self, rng: &mut Rng) -> Operation {
        let mutation = self.objects.contains_key("Mutation") && rng.u8(..100) < 15;
        let budget = rng.usize(3..60);
        let mut generator = Generator {
            ground: self,
            schema: &self.schema,
            known: &self.known,
            rng,
            variables: Vec::new(),
            fragments: Vec::new(),
            budget,
        };
        let depth = generator.rng.usize(2..8);
        let root = if mutation { "Mutation" } else { "Query" };
        let set = generator.set(root, depth, &Level::default());
        Operation { mutation, set, fragments: generator.fragments, variables: generator.variables, spaces: 0 }
    }
}

impl Generator<'_> {
    pub(super) fn chance(&mut self, percent: u8) -> bool {
        self.rng.u8(..100) < percent
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.rng.usize(..of.len())]
    }

    /// Selections of objects of type `ty`; one at least.
    fn set(&mut self, ty: &str, depth: usize, scope: &Level) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        let wanted = self.rng.usize(1..5);
        while items.len() < wanted {
            self.budget = self.budget.saturating_sub(1);
            let again = (!items.is_empty() && self.chance(6)).then(|| self.one(&items).clone());
            let item = match again {
                Some(item) => self.again(item, ty, depth, scope),
                None => self.item(ty, depth, scope),
            };
            items.push(item);
            if self.budget == 0 {
                break;
            }
        }
        items
    }

    fn item(&mut self, ty: &str, depth: usize, scope: &Level) -> Item {
        let root = ty == "Query" || ty == "Mutation";
        let fields = self.fields(ty).is_some();
        match self.rng.u8(..100) {
            0..6 => self.typename(),
            6..9 if ty == "Query" => self.introspection(),
            9..26 => self.inline(ty, depth, scope),
            26..36 if !root || self.budget > 3 => self.spread(ty, depth),
            _ if fields => self.field(ty, depth, scope),
            _ => self.inline(ty, depth, scope),
        }
    }

    fn fields(&self, ty: &str) -> Option<Vec<(String, Component<FieldDefinition>)>> {
        let fields = match self.schema.types.get(ty)? {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            _ => return None,
        };
        Some(fields.iter().map(|(name, field)| (name.to_string(), field.clone())).collect())
    }

    fn field(&mut self, ty: &str, depth: usize, scope: &Level) -> Item {
        let all = self.fields(ty).expect("a type with fields");
        let composite =
            |field: &FieldDefinition| self.ground.objects.contains_key(field.ty.inner_named_type().as_str());
        let deeper = depth > 1 && self.budget > 0;
        let fits: Vec<_> = all.iter().filter(|(_, field)| deeper || !composite(field)).collect();
        let deep: Vec<_> = all.iter().filter(|(_, field)| deeper && composite(field)).collect();
        let deeper = if ty == "Query" { 85 } else { 50 };
        let fits = if !deep.is_empty() && self.chance(deeper) { deep } else { fits };
        if fits.is_empty() {
            return self.typename();
        }
        let (name, definition) = (*self.one(&fits)).clone();
        let inner = definition.ty.inner_named_type().to_string();
        let mut arguments = Vec::new();
        for argument in &definition.arguments {
            let required = argument.ty.is_non_null() && argument.default_value.is_none();
            if required || self.chance(50) {
                let value = self.argument(&argument.name, &argument.ty, argument.default_value.is_some(), 0);
                arguments.push((argument.name.to_string(), value));
            }
        }
        self.rng.shuffle(&mut arguments);
        let mut alias = self.chance(25).then(|| self.alias(&all));
        // A name that stands here already means the same again, most of the time.
        let key = alias.clone().unwrap_or_else(|| name.clone());
        let known = scope.0.borrow().get(&key).cloned();
        let below = match known {
            Some((same, given, below)) if same == name => {
                arguments = given;
                below
            }
            Some(_) if !self.chance(15) => {
                alias = Some(format!("x{}_{name}", self.rng.u8(..100)));
                Level::default()
            }
            _ => {
                let below = Level::default();
                scope.0.borrow_mut().insert(key, (name.clone(), arguments.clone(), below.clone()));
                below
            }
        };
        let set =
            if self.ground.objects.contains_key(&inner) { self.set(&inner, depth - 1, &below) } else { Vec::new() };
        Item { head: Head::Field { alias, name, arguments }, directives: self.directives(), set }
    }

    /// Names that others have, and names that look like those of the gateway's own.
    fn alias(&mut self, all: &[(String, Component<FieldDefinition>)]) -> String {
        match self.rng.u8(..10) {
            0..4 => self.one(all).0.clone(),
            4..7 => (*self.one(&["id", "isbn", "uai", "code", "number", "name", "book", "country", "of"])).to_owned(),
            7 => (*self.one(&["_entities", "p0_id", "p0_name", "representations", "_0", "e0"])).to_owned(),
            _ => format!("a{}", self.rng.u8(..4)),
        }
    }

    fn typename(&mut self) -> Item {
        let alias = self.chance(40).then(|| (*self.one(&["id", "kind", "name", "t"])).to_owned());
        let head = Head::Field { alias, name: "__typename".to_owned(), arguments: Vec::new() };
        Item { head, directives: self.directives(), set: Vec::new() }
    }

    fn introspection(&mut self) -> Item {
        let plain = |name: &str, arguments: Vec<(String, String)>, set: Vec<Item>| Item {
            head: Head::Field { alias: None, name: name.to_owned(), arguments },
            directives: Vec::new(),
            set,
        };
        let leaf = |name: &str| plain(name, Vec::new(), Vec::new());
        let fields = plain(
            "fields",
            Vec::new(),
            vec![leaf("name"), plain("type", Vec::new(), vec![leaf("name"), leaf("kind")])],
        );
        if self.chance(30) {
            return plain(
                "__schema",
                Vec::new(),
                vec![plain("queryType", Vec::new(), vec![leaf("__typename"), leaf("name"), fields])],
            );
        }
        let types: Vec<&String> = self.ground.objects.keys().collect();
        let name = format!("\"{}\"", self.one(&types));
        let possible = plain("possibleTypes", Vec::new(), vec![leaf("name")]);
        plain("__type", vec![("name".to_owned(), name)], vec![leaf("kind"), leaf("name"), possible, fields])
    }

    /// Types whose objects may be objects of `ty`.
    fn overlapping(&self, ty: &str) -> Vec<String> {
        let own = &self.ground.objects[ty];
        let all = self.ground.objects.iter();
        all.filter(|(_, of)| of.iter().any(|object| own.contains(object))).map(|(name, _)| name.clone()).collect()
    }

    fn inline(&mut self, ty: &str, depth: usize, scope: &Level) -> Item {
        let conditions = self.overlapping(ty);
        let on = (!self.chance(15)).then(|| self.one(&conditions).clone());
        let inner = on.as_deref().unwrap_or(ty).to_owned();
        // What holds of other objects may have another meaning.
        let apart = inner != ty && self.chance(20);
        let set = self.set(&inner, depth, &if apart { Level::default() } else { scope.clone() });
        Item { head: Head::Inline { on }, directives: self.directives(), set }
    }

    fn spread(&mut self, ty: &str, depth: usize) -> Item {
        let conditions = self.overlapping(ty);
        let known: Vec<String> = self
            .fragments
            .iter()
            .filter(|known| conditions.contains(&known.on))
            .map(|known| known.name.clone())
            .collect();
        let name = if !known.is_empty() && self.chance(60) {
            self.one(&known).clone()
        } else {
            let on = self.one(&conditions).clone();
            let set = self.set(&on, depth.min(3), &Level::default());
            let name = format!("F{}", self.fragments.len());
            self.fragments.push(Fragment { name: name.clone(), on, set });
            name
        };
        Item { head: Head::Spread { name }, directives: self.directives(), set: Vec::new() }
    }

    /// The same once more, with something else selected of it.
    fn again(&mut self, item: Item, ty: &str, depth: usize, scope: &Level) -> Item {
        let Head::Field { alias, name, .. } = &item.head else { return item };
        let field = self.fields(ty).into_iter().flatten().find(|(known, _)| known == name);
        let Some((_, field)) = field.filter(|_| depth > 1) else { return item };
        let inner = field.ty.inner_named_type();
        let key = alias.as_ref().unwrap_or(name);
        let below = scope.0.borrow().get(key).map(|(_, _, below)| below.clone()).unwrap_or_default();
        let composite = self.ground.objects.contains_key(inner.as_str());
        let set = if composite { self.set(inner, depth - 1, &below) } else { Vec::new() };
        Item { directives: self.directives(), set, ..item }
    }

    /// `@skip` and `@include`, by literals and by variables.
    fn directives(&mut self) -> Vec<String> {
        let mut directives = Vec::new();
        for name in ["skip", "include"] {
            if self.chance(6) {
                let condition = if self.chance(30) { self.chance(60).to_string() } else { self.condition() };
                directives.push(format!("@{name}(if: {condition})"));
            }
        }
        directives
    }

    /// A variable that is true or false.
    fn condition(&mut self) -> String {
        let known: Vec<String> =
            self.variables.iter().filter(|known| known.ty == "Boolean!").map(|known| known.name.clone()).collect();
        if !known.is_empty() && self.chance(70) {
            return format!("${}", self.one(&known));
        }
        let default = self.chance(30).then(|| self.chance(50).to_string());
        let value = if default.is_some() && self.chance(50) { None } else { Some(Value::from(self.chance(50))) };
        let name = format!("c{}", self.variables.len());
        self.variables.push(Variable { name: name.clone(), ty: "Boolean!".to_owned(), default, value });
        format!("${name}")
    }
}

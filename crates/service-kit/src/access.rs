//! The access table: who sees what, one file that every service enforces and a test walks over.
//!
//! A rule names callers. Those that can be told from the principal alone (`anyone`, `known`, `scope:...`) are enforced here,
//! before a field is resolved; those that depend on the thing itself (`self`, `vendor`, `portal`...) by the use case that
//! loads it, which asks this table too.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use kernel::{ErrorCode, Fault, Principal};

/// The file.
const TEXT: &str = include_str!("../../../schema/access.toml");
/// Its section on values within fields.
const VALUES: &str = "values";

/// The scope by which an application knows the people of its perimeter.
pub const READS_USERS: &str = "users:read";

/// What a caller is towards a thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seer {
    /// Everybody.
    Anyone,
    /// Any person or application.
    Known,
    /// Whoever was granted this scope.
    Scope(String),
    /// The person whom it is about.
    Oneself,
    /// A person who answers by law for the pupil, a minor, whom it is about.
    Guardian,
    /// A person who heads the establishment in question.
    Head,
    /// A person who inspects the territory in question.
    Inspector,
    /// A person who administers this installation.
    Administrator,
    /// A person who takes part.
    Participant,
    /// An application whose ENT is open there.
    Vendor,
    /// An application whose territory it lies in.
    Portal,
    /// A person who works in the académie.
    Staff,
    /// A person of the académie.
    Member,
    /// A person of the establishment.
    OwnEstablishment,
    /// Nobody outside.
    House,
}

impl Seer {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "anyone" => Self::Anyone,
            "known" => Self::Known,
            "self" => Self::Oneself,
            "guardian" => Self::Guardian,
            "head" => Self::Head,
            "inspector" => Self::Inspector,
            "administrator" => Self::Administrator,
            "participant" => Self::Participant,
            "vendor" => Self::Vendor,
            "portal" => Self::Portal,
            "staff" => Self::Staff,
            "member" => Self::Member,
            "own_establishment" => Self::OwnEstablishment,
            "house" => Self::House,
            _ => Self::Scope(word.strip_prefix("scope:").filter(|scope| !scope.is_empty())?.to_owned()),
        })
    }
}

/// The callers whom a rule names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule(BTreeSet<Seer>);

impl Rule {
    /// Whether a caller who is all of `seers` towards the thing is named.
    pub fn admits(&self, seers: &[Seer]) -> bool {
        self.0.contains(&Seer::Anyone) || seers.iter().any(|seer| self.0.contains(seer))
    }

    /// Whether somebody unknown may be named.
    pub fn is_open(&self) -> bool {
        self.0.contains(&Seer::Anyone)
    }

    /// The scopes that it asks for, where nothing else would do.
    pub fn scopes(&self) -> Option<Vec<&str>> {
        self.0.iter().map(|seer| if let Seer::Scope(scope) = seer { Some(scope.as_str()) } else { None }).collect()
    }

    /// Whether nobody but whoever administers this installation is named.
    fn is_for_administrators(&self) -> bool {
        self.0.iter().all(|seer| *seer == Seer::Administrator)
    }

    /// What can be decided from the principal alone.
    ///
    /// # Errors
    /// UNAUTHENTICATED for somebody unknown where a known caller is needed, FORBIDDEN for one without the scope.
    pub fn check(&self, principal: &Principal) -> Result<(), Fault> {
        // What is the house's own cannot be selected by a client; whoever asks for it is the gateway, for itself or for anybody.
        if self.is_open() || self.0.contains(&Seer::House) {
            return Ok(());
        }
        if !principal.is_authenticated() {
            let message = "this needs a known caller: send a token in the header Authorization";
            return Err(Fault::new(ErrorCode::Unauthenticated, message));
        }
        let administers = || principal.person.as_ref().is_some_and(|person| person.administrator);
        if self.is_for_administrators() && !administers() {
            let message = "this is for people who administer the installation";
            return Err(Fault::new(ErrorCode::Forbidden, message));
        }
        match self.scopes() {
            Some(scopes) if !scopes.iter().any(|scope| principal.has_scope(scope)) => {
                let message = format!("this needs the scope {}", scopes.join(" or "));
                Err(Fault::new(ErrorCode::Forbidden, message))
            }
            _ => Ok(()),
        }
    }
}

/// The table.
#[derive(Debug)]
pub struct Access {
    fields: HashMap<String, HashMap<String, Rule>>,
    values: HashMap<String, Rule>,
}

/// The table of this house.
pub static ACCESS: LazyLock<Access> =
    LazyLock::new(|| Access::parse(TEXT).expect("the table is part of the build, and a test reads it"));

impl Access {
    fn parse(text: &str) -> Result<Self, String> {
        let sections: HashMap<String, toml::Table> = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut table = Self { fields: HashMap::new(), values: HashMap::new() };
        for (section, rows) in sections {
            for (key, value) in rows {
                if section == VALUES {
                    let rule = rule(value.as_str().ok_or_else(|| format!("{key}: callers are a text"))?)?;
                    table.values.insert(key, rule);
                } else {
                    let fields = value.as_array().ok_or_else(|| format!("{section}: {key} names a list of fields"))?;
                    table.add(&section, &rule(&key)?, fields)?;
                }
            }
        }
        Ok(table)
    }

    fn add(&mut self, of_type: &str, rule: &Rule, fields: &[toml::Value]) -> Result<(), String> {
        let rules = self.fields.entry(of_type.to_owned()).or_default();
        for field in fields {
            let field = field.as_str().ok_or_else(|| format!("{of_type}: a field is a text"))?;
            if rules.insert(field.to_owned(), rule.clone()).is_some() {
                return Err(format!("{of_type}.{field} has two rules"));
            }
        }
        Ok(())
    }

    /// The rule of a field; none for one that the table does not hold.
    pub fn field(&self, of_type: &str, name: &str) -> Option<&Rule> {
        self.fields.get(of_type)?.get(name)
    }

    /// Every field with its rule.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str, &Rule)> {
        self.fields
            .iter()
            .flat_map(|(of_type, rules)| rules.iter().map(move |(name, rule)| (of_type.as_str(), name.as_str(), rule)))
    }

    /// Whether callers who are `seers` towards the thing may have the value that the table calls `name`.
    ///
    /// # Panics
    /// When the table has no such value: a mistake of ours, which any test meets.
    pub fn admits(&self, name: &str, seers: &[Seer]) -> bool {
        self.values.get(name).unwrap_or_else(|| panic!("the access table has no value {name:?}")).admits(seers)
    }

    /// Whether callers who are `seers` towards the object may have this field of it.
    pub fn permits(&self, of_type: &str, name: &str, seers: &[Seer]) -> bool {
        self.field(of_type, name).is_some_and(|rule| rule.admits(seers))
    }

    /// The same, for a field that tells who may not have it.
    ///
    /// # Errors
    /// FORBIDDEN where they may not.
    pub fn permit(&self, of_type: &str, name: &str, seers: &[Seer]) -> Result<(), Fault> {
        if self.permits(of_type, name, seers) {
            return Ok(());
        }
        Err(Fault::new(ErrorCode::Forbidden, format!("{of_type}.{name} is not for this caller")))
    }
}

fn rule(callers: &str) -> Result<Rule, String> {
    let parsed = callers.split_whitespace().map(|word| Seer::parse(word).ok_or_else(|| format!("no caller {word:?}")));
    let seers = parsed.collect::<Result<BTreeSet<_>, _>>()?;
    if seers.is_empty() { Err("a rule names callers".to_owned()) } else { Ok(Rule(seers)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read() {
        let table = Access::parse(TEXT).expect("a table");
        assert!(table.field("Query", "me").is_some());
        assert!(table.field("Query", "nothing").is_none());
    }

    #[test]
    fn mistakes_in_it_are_told() {
        for bad in [
            "[A]\neverybody = [\"b\"]",
            "[A]\nanyone = [\"b\"]\nknown = [\"b\"]",
            "[A]\nanyone = \"b\"",
            "[A]\n\"\" = [\"b\"]",
        ] {
            assert!(Access::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_the_principal_alone_decides() {
        let reader = Principal { scopes: ["users:read".to_owned()].into(), ..Principal::application("a") };
        let code = |text: &str, principal: &Principal| {
            rule(text).expect("a rule").check(principal).err().map(|fault| fault.code())
        };
        assert_eq!(code("anyone", &Principal::anonymous()), None);
        assert_eq!(code("house", &Principal::anonymous()), None);
        assert_eq!(code("known", &Principal::anonymous()), Some(ErrorCode::Unauthenticated));
        assert_eq!(code("known", &Principal::application("a")), None);
        assert_eq!(code("scope:users:read", &Principal::application("a")), Some(ErrorCode::Forbidden));
        assert_eq!(code("scope:users:read", &reader), None);
        let facts = kernel::PersonFacts { administrator: true, ..kernel::PersonFacts::default() };
        let administrator = Principal { person: Some(facts), ..Principal::application("a") };
        assert_eq!(code("administrator", &Principal::application("a")), Some(ErrorCode::Forbidden));
        assert_eq!(code("administrator", &administrator), None);
        assert_eq!(code("self vendor", &Principal::anonymous()), Some(ErrorCode::Unauthenticated));
        assert_eq!(code("self vendor", &Principal::application("a")), None);
    }
}

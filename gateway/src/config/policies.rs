//! The sections `[gateway.policies.NAME]`: who meets a policy that the supergraph asks for (`@policy`).

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Principal, PrincipalKind, Profile};
use serde::{Deserialize, Serialize};

/// Policies by their names.
pub type Policies = BTreeMap<String, PolicyConfig>;

/// Who meets a policy: all that is said here must hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyConfig {
    /// One of these kinds of caller.
    pub kinds: Vec<PrincipalKind>,
    /// All of these scopes.
    pub scopes: BTreeSet<String>,
    /// One of these clients.
    pub clients: BTreeSet<String>,
    /// A person of one of these profiles, by what the house knows of them.
    pub profiles: BTreeSet<Profile>,
}

impl PolicyConfig {
    /// Whether a caller meets it.
    pub(crate) fn is_met(&self, principal: &Principal) -> bool {
        let client = || principal.client.as_ref().is_some_and(|client| self.clients.contains(client));
        let profile = || principal.person.as_ref().is_some_and(|person| !person.profiles.is_disjoint(&self.profiles));
        (self.kinds.is_empty() || self.kinds.contains(&principal.kind))
            && self.scopes.iter().all(|scope| principal.has_scope(scope))
            && (self.clients.is_empty() || client())
            && (self.profiles.is_empty() || profile())
    }
}

/// Refuses a policy that everyone would meet.
pub(super) fn check(policies: &Policies) -> Result<(), String> {
    let says_nothing = |policy: &PolicyConfig| {
        policy.kinds.is_empty() && policy.scopes.is_empty() && policy.clients.is_empty() && policy.profiles.is_empty()
    };
    match policies.iter().find(|(_, policy)| says_nothing(policy)) {
        Some((name, _)) => Err(format!(
            "gateway.policies.{name}: it says nothing of who meets it; write kinds, scopes, clients or profiles"
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use kernel::PersonFacts;

    use super::*;

    #[test]
    fn all_that_is_said_must_hold() {
        let policy: PolicyConfig = serde_json::from_str(
            r#"{"kinds": ["person"], "scopes": ["a"], "clients": ["portal", "other"], "profiles": ["TEACHER", "HEAD"]}"#,
        )
        .expect("a policy");
        let teacher = Principal {
            kind: PrincipalKind::Person,
            scopes: ["a".to_owned()].into(),
            person: Some(PersonFacts { profiles: [Profile::Teacher].into(), ..PersonFacts::default() }),
            ..Principal::application("portal")
        };
        assert!(policy.is_met(&teacher));
        assert!(!policy.is_met(&Principal { kind: PrincipalKind::Application, ..teacher.clone() }));
        assert!(!policy.is_met(&Principal { scopes: BTreeSet::new(), ..teacher.clone() }));
        assert!(!policy.is_met(&Principal { client: Some("else".to_owned()), ..teacher.clone() }));
        assert!(!policy.is_met(&Principal { person: None, ..teacher }));
    }

    #[test]
    fn one_that_says_nothing_is_refused() {
        let named = |policy| Policies::from([("staff".to_owned(), policy)]);
        assert!(check(&named(PolicyConfig::default())).is_err_and(|told| told.contains("gateway.policies.staff")));
        let known = PolicyConfig { kinds: vec![PrincipalKind::Person], ..PolicyConfig::default() };
        assert_eq!(check(&named(known)), Ok(()));
    }
}

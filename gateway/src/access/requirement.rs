//! What one place of the supergraph asks of a caller.

use kernel::{ErrorCode, Principal};

use crate::config::Policies;

/// What the directives of one type or field ask for, all at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// `@authenticated`.
    pub(super) authenticated: bool,
    /// `@requiresScopes`: all scopes of one of these lists.
    pub(super) scopes: Option<Vec<Vec<String>>>,
    /// `@policy`: all policies of one of these lists.
    pub(super) policies: Option<Vec<Vec<String>>>,
}

impl Requirement {
    /// Whether it asks for nothing.
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `principal` has what it asks for.
    pub(super) fn is_met(&self, principal: &Principal, policies: &Policies) -> bool {
        self.is_known_enough(principal) && self.has_scopes(principal) && self.policies_hold(principal, policies)
    }

    fn is_known_enough(&self, principal: &Principal) -> bool {
        !self.authenticated || principal.is_authenticated()
    }

    fn has_scopes(&self, principal: &Principal) -> bool {
        let all = |scopes: &Vec<String>| scopes.iter().all(|scope| principal.has_scope(scope));
        self.scopes.as_ref().is_none_or(|lists| lists.iter().any(all))
    }

    /// A policy that this gateway does not know is met by nobody.
    fn policies_hold(&self, principal: &Principal, policies: &Policies) -> bool {
        let holds = |name: &String| policies.get(name).is_some_and(|policy| policy.is_met(principal));
        self.policies.as_ref().is_none_or(|lists| lists.iter().any(|list| list.iter().all(holds)))
    }

    /// Why `principal` may not see what asks for this. To be known comes first: who is not known cannot tell what it lacks.
    pub(super) fn refusal(&self, principal: &Principal, what: &str) -> (ErrorCode, String) {
        let lacks_scopes = !self.has_scopes(principal);
        if !principal.is_authenticated() && (self.authenticated || lacks_scopes) {
            return (ErrorCode::Unauthenticated, format!("{what} is for known callers: send an access token"));
        }
        if lacks_scopes {
            let lists = self.scopes.iter().flatten().map(|scopes| scopes.join(" and "));
            let wanted = lists.collect::<Vec<_>>().join(", or ");
            return (ErrorCode::Forbidden, format!("{what} needs the scope {wanted}"));
        }
        let lists = self.policies.iter().flatten().map(|names| names.join(" and "));
        let wanted = lists.collect::<Vec<_>>().join(", or ");
        (ErrorCode::Forbidden, format!("{what} needs the policy {wanted}, which this caller does not meet"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::PolicyConfig;

    fn lists(of: &[&[&str]]) -> Vec<Vec<String>> {
        of.iter().map(|list| list.iter().map(|&item| item.to_owned()).collect()).collect()
    }

    fn with(scopes: &[&str]) -> Principal {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        Principal { scopes, ..Principal::application("portal") }
    }

    fn none() -> Policies {
        Policies::default()
    }

    #[test]
    fn scopes_are_alternatives_of_lists() {
        let either = Requirement { scopes: Some(lists(&[&["a", "b"], &["c"]])), ..Requirement::default() };
        assert!(either.is_met(&with(&["a", "b"]), &none()) && either.is_met(&with(&["c", "d"]), &none()));
        assert!(!either.is_met(&with(&["a"]), &none()) && !either.is_met(&Principal::anonymous(), &none()));
        assert_eq!(
            either.refusal(&with(&["a"]), "X.y"),
            (ErrorCode::Forbidden, "X.y needs the scope a and b, or c".to_owned())
        );
        assert_eq!(either.refusal(&Principal::anonymous(), "X.y").0, ErrorCode::Unauthenticated);
        let never = Requirement { scopes: Some(lists(&[])), ..Requirement::default() };
        assert!(!never.is_met(&with(&["a"]), &none()));
    }

    #[test]
    fn a_policy_that_is_not_known_is_met_by_nobody() {
        let policy = Requirement { policies: Some(lists(&[&["staff"]])), ..Requirement::default() };
        assert!(!policy.is_met(&with(&["staff"]), &none()));
        assert_eq!(policy.refusal(&with(&[]), "X.y").0, ErrorCode::Forbidden);
        assert_eq!(policy.refusal(&Principal::anonymous(), "X.y").0, ErrorCode::Forbidden);
        assert!(
            Requirement { policies: Some(lists(&[&[]])), ..Requirement::default() }
                .is_met(&Principal::anonymous(), &none())
        );
    }

    #[test]
    fn policies_are_alternatives_of_lists() {
        let named = |name: &str, scope: &str| {
            let scopes = [scope.to_owned()].into();
            (name.to_owned(), PolicyConfig { scopes, ..PolicyConfig::default() })
        };
        let policies = Policies::from([named("a", "x"), named("b", "y"), named("c", "z")]);
        let wanted = Requirement { policies: Some(lists(&[&["a", "b"], &["c"]])), ..Requirement::default() };
        assert!(wanted.is_met(&with(&["x", "y"]), &policies) && wanted.is_met(&with(&["z"]), &policies));
        assert!(!wanted.is_met(&with(&["x"]), &policies) && !wanted.is_met(&Principal::anonymous(), &policies));
        let told = "X.y needs the policy a and b, or c, which this caller does not meet".to_owned();
        assert_eq!(wanted.refusal(&with(&["x"]), "X.y"), (ErrorCode::Forbidden, told));
    }

    #[test]
    fn everything_asked_for_must_be_there() {
        let both = Requirement { authenticated: true, scopes: Some(lists(&[&["a"]])), ..Requirement::default() };
        assert!(both.is_met(&with(&["a"]), &none()) && !both.is_met(&with(&[]), &none()));
        assert!(Requirement::default().is_none() && Requirement::default().is_met(&Principal::anonymous(), &none()));
    }
}

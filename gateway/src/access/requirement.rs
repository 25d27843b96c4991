//! What one place of the supergraph asks of a caller.

use kernel::{ErrorCode, Principal};

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
    pub(super) fn is_met(&self, principal: &Principal) -> bool {
        self.is_known_enough(principal) && self.has_scopes(principal) && self.policies_hold()
    }

    fn is_known_enough(&self, principal: &Principal) -> bool {
        !self.authenticated || principal.is_authenticated()
    }

    fn has_scopes(&self, principal: &Principal) -> bool {
        let all = |scopes: &Vec<String>| scopes.iter().all(|scope| principal.has_scope(scope));
        self.scopes.as_ref().is_none_or(|lists| lists.iter().any(all))
    }

    /// No policy is known to this gateway: only a list that names none holds.
    fn policies_hold(&self) -> bool {
        self.policies.as_ref().is_none_or(|lists| lists.iter().any(Vec::is_empty))
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
        (ErrorCode::Forbidden, format!("{what} needs a policy, and this gateway knows none"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(of: &[&[&str]]) -> Vec<Vec<String>> {
        of.iter().map(|list| list.iter().map(|&item| item.to_owned()).collect()).collect()
    }

    fn with(scopes: &[&str]) -> Principal {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        Principal { scopes, ..Principal::application("portal") }
    }

    #[test]
    fn scopes_are_alternatives_of_lists() {
        let either = Requirement { scopes: Some(lists(&[&["a", "b"], &["c"]])), ..Requirement::default() };
        assert!(either.is_met(&with(&["a", "b"])) && either.is_met(&with(&["c", "d"])));
        assert!(!either.is_met(&with(&["a"])) && !either.is_met(&Principal::anonymous()));
        assert_eq!(
            either.refusal(&with(&["a"]), "X.y"),
            (ErrorCode::Forbidden, "X.y needs the scope a and b, or c".to_owned())
        );
        assert_eq!(either.refusal(&Principal::anonymous(), "X.y").0, ErrorCode::Unauthenticated);
        let never = Requirement { scopes: Some(lists(&[])), ..Requirement::default() };
        assert!(!never.is_met(&with(&["a"])));
    }

    #[test]
    fn no_policy_is_known() {
        let policy = Requirement { policies: Some(lists(&[&["staff"]])), ..Requirement::default() };
        assert!(!policy.is_met(&with(&["staff"])));
        assert_eq!(policy.refusal(&with(&[]), "X.y").0, ErrorCode::Forbidden);
        assert_eq!(policy.refusal(&Principal::anonymous(), "X.y").0, ErrorCode::Forbidden);
        assert!(
            Requirement { policies: Some(lists(&[&[]])), ..Requirement::default() }.is_met(&Principal::anonymous())
        );
    }

    #[test]
    fn everything_asked_for_must_be_there() {
        let both = Requirement { authenticated: true, scopes: Some(lists(&[&["a"]])), ..Requirement::default() };
        assert!(both.is_met(&with(&["a"])) && !both.is_met(&with(&[])));
        assert!(Requirement::default().is_none() && Requirement::default().is_met(&Principal::anonymous()));
    }
}

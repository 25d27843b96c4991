//! Addresses in messages and in what is shown of a configuration: they may hold a password.

/// What stands in place of what is not shown.
pub const HIDDEN: &str = "(hidden)";

/// An address without its user, its password and its query: whoever writes a token there writes a secret.
pub fn shown(address: &str) -> String {
    let (scheme, rest) = address.split_at(address.find("://").map_or(0, |end| end + "://".len()));
    let (rest, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    let authority = rest.split(['/', '#']).next().unwrap_or_default();
    let user = authority.rfind('@').map_or("", |_| HIDDEN);
    let rest = authority.rfind('@').map_or(rest, |at| &rest[at..]);
    let query = if query.is_empty() { String::new() } else { format!("?{HIDDEN}") };
    format!("{scheme}{user}{rest}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_user_no_password_and_no_query() {
        for (address, told) in [
            ("http://host:1/graphql", "http://host:1/graphql"),
            ("http://user:p@ss@host:1/a@b?token=c", "http://(hidden)@host:1/a@b?(hidden)"),
            ("wss://token@host", "wss://(hidden)@host"),
            ("user:p@host", "(hidden)@host"),
            ("", ""),
        ] {
            assert_eq!(shown(address), told);
        }
    }
}

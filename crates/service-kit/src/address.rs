//! Addresses in messages and in what is shown of a configuration: they may hold a password.

/// What stands in place of what is not shown.
pub const HIDDEN: &str = "(hidden)";

/// An address without its user, its password, its query and its fragment.
///
/// Whoever writes a token there writes a secret. A password that should have been escaped makes the end of the address hard to tell: all
/// before the last `@` is taken for it.
pub fn shown(address: &str) -> String {
    let scheme = address.find("://").filter(|&end| !address[..end].contains(['/', '?', '#', '@', ' ']));
    let (scheme, rest) = address.split_at(scheme.map_or(0, |end| end + "://".len()));
    let (user, rest) = rest.rfind('@').map_or(("", rest), |at| (HIDDEN, &rest[at..]));
    let (rest, end) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let end = end.chars().next().map(|mark| format!("{mark}{HIDDEN}")).unwrap_or_default();
    format!("{scheme}{user}{rest}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_may_be_secret() {
        for (address, told) in [
            ("http://host:1/graphql", "http://host:1/graphql"),
            ("http://user:p@ss@host:1/a?token=c", "http://(hidden)@host:1/a?(hidden)"),
            ("http://user:pa/ss@host", "http://(hidden)@host"),
            ("http://user:p#s?s@host#part", "http://(hidden)@host#(hidden)"),
            ("user:pw@host?u=http://x", "(hidden)@host?(hidden)"),
            ("http://host/a?u=b@c", "http://(hidden)@c"),
            ("wss://token@host", "wss://(hidden)@host"),
            ("user:p@host", "(hidden)@host"),
            ("", ""),
        ] {
            assert_eq!(shown(address), told);
        }
    }
}

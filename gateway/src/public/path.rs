//! Which prefix a path belongs to.

/// The first segment of a path with its slash. None where the path climbs: on its way it might become another, such as
/// `/graphql`, which the service answers to whoever holds the gateway's token.
pub(super) fn prefix(path: &str) -> Option<&str> {
    let climbs = readings(path).split(['/', '\\']).any(|segment| segment == "." || segment == "..");
    let rest = path.strip_prefix('/').filter(|_| !climbs)?;
    let end = rest.find('/').map_or(path.len(), |end| end + 1);
    Some(&path[..end])
}

/// The path as a server may read it that decodes before it splits.
fn readings(path: &str) -> String {
    let lower = path.to_ascii_lowercase();
    lower.replace("%25", "%").replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\")
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn the_first_segment_alone() {
        assert_eq!(prefix("/files"), Some("/files"));
        assert_eq!(prefix("/files/"), Some("/files"));
        assert_eq!(prefix("/files/a..b/.hidden/...x"), Some("/files"));
        assert_eq!(prefix("/.well-known/jwks.json"), Some("/.well-known"));
        assert_eq!(prefix("/"), Some("/"));
        assert_eq!(prefix("//files"), Some("/"));
        assert_eq!(prefix("*"), None);
    }

    #[test]
    fn no_path_climbs() {
        for path in [
            "/files/../graphql",
            "/files/..",
            "/files/./x",
            "/files/%2e%2E/graphql",
            "/files/.%2e/graphql",
            "/files/x%2f..%2fgraphql",
            "/files/..%5Cgraphql",
            "/files/%252e%252e/graphql",
            "/../files",
        ] {
            assert_eq!(prefix(path), None, "{path}");
        }
    }
}

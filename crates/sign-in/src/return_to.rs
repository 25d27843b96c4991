//! Where a browser goes after it logged in: to a path of this installation, and never elsewhere.

/// Bytes of such a path.
const MAX: usize = 2048;

/// The path that was asked for, where it is a local one; else the front page.
pub(crate) fn local(asked: Option<&str>) -> &str {
    asked.filter(|path| is_local(path)).unwrap_or("/")
}

/// Browsers read `\` as `/`, and drop tabs and line ends wherever they stand. What is not ASCII should have been escaped.
fn is_local(path: &str) -> bool {
    path.len() <= MAX
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_elsewhere() {
        for good in ["/", "/a/b?c=d&e=%2F#f", "/explorer//x", "/@evil.example", "/a?u=https://b.example"] {
            assert_eq!(local(Some(good)), good);
        }
        let long = format!("/{}", "a".repeat(MAX));
        for bad in [
            "",
            "a",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/a\\b",
            "https://evil.example/",
            "javascript:alert(1)",
            " /a",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\nset-cookie: a=b",
            "/a b",
            "/é",
            "?a",
            &long,
        ] {
            assert_eq!(local(Some(bad)), "/", "{bad:?}");
        }
        assert_eq!(local(None), "/");
    }
}

//! The cookies of a request. They are bytes, since one of somebody else's may be no text.

use ::http::header::{self, HeaderMap, HeaderValue};

/// One cookie of a request.
pub(crate) struct Cookie<'h> {
    /// As it came, name and value.
    whole: &'h [u8],
    pub(crate) name: &'h [u8],
    pub(crate) value: &'h [u8],
}

impl<'h> Cookie<'h> {
    fn read(pair: &'h [u8]) -> Self {
        let whole = pair.trim_ascii();
        let mut parts = whole.splitn(2, |&byte| byte == b'=').map(<[u8]>::trim_ascii);
        let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        Self { whole, name, value }
    }
}

/// All cookies of a request, in whatever number of headers they come.
pub(crate) fn of(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let pairs = headers.get_all(header::COOKIE).iter().flat_map(|value| value.as_bytes().split(|&byte| byte == b';'));
    pairs.map(Cookie::read)
}

/// The header `Cookie` with only those whose names begin with `prefix`; none where there are none.
pub(crate) fn only(headers: &HeaderMap, prefix: &str) -> Option<HeaderValue> {
    let ours = of(headers).filter(|cookie| cookie.name.starts_with(prefix.as_bytes()));
    let joined = ours.map(|cookie| cookie.whole).collect::<Vec<_>>().join(&b"; "[..]);
    let mut value = HeaderValue::from_bytes(&joined).ok().filter(|value| !value.is_empty())?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&'static str]) -> HeaderMap {
        values.iter().map(|&value| (header::COOKIE, HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn cookies_come_in_one_header_or_in_several() {
        let headers = headers(&["a=1;  b = 2=3", "c", "; d="]);
        let text = |bytes| std::str::from_utf8(bytes).expect("text");
        let read: Vec<_> = of(&headers).map(|cookie| (text(cookie.name), text(cookie.value))).collect();
        assert_eq!(read, [("a", "1"), ("b", "2=3"), ("c", ""), ("", ""), ("d", "")]);
    }

    #[test]
    fn ours_are_told_by_how_their_names_begin() {
        let headers = headers(&["theme=dark; __Host-p=1", "x__Host-p=2; a=__Host-p; __Host-p-login=3", "__HOST-p=4"]);
        assert_eq!(only(&headers, "__Host-p").expect("two of them"), "__Host-p=1; __Host-p-login=3");
        assert_eq!(only(&headers, "sid"), None);
        assert_eq!(only(&HeaderMap::new(), "sid"), None);
    }
}

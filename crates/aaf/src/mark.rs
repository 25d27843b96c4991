//! What begins at a `<`, by its first bytes alone.

use crate::Change;

/// As many bytes as tell the marks apart: `</ficAlimMENESR` and one more.
pub(crate) const LOOK: usize = 16;

/// What a `<` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A record.
    Record(Change),
    /// The closing tag of a record of any kind.
    RecordEnd,
    /// `<ficAlimMENESR`.
    Root,
    /// `</ficAlimMENESR`.
    RootEnd,
    /// `<!--`.
    Comment,
    /// `<![CDATA[`.
    CData,
    /// `<!DOCTYPE`.
    Doctype,
    /// `<!ENTITY` and other declarations.
    Declaration,
    /// `<?`: the XML declaration or a processing instruction.
    Instruction,
    /// Anything else.
    Other,
}

/// What `bytes` begin with; [`LOOK`] bytes are enough, fewer only at the end of the file.
pub(crate) fn mark(bytes: &[u8]) -> Mark {
    let Some(rest) = bytes.strip_prefix(b"<") else { return Mark::Other };
    match rest.first() {
        Some(b'!') if rest.starts_with(b"!--") => Mark::Comment,
        Some(b'!') if rest.starts_with(b"![CDATA[") => Mark::CData,
        Some(b'!') if rest.starts_with(b"!DOCTYPE") => Mark::Doctype,
        Some(b'!') => Mark::Declaration,
        Some(b'?') => Mark::Instruction,
        Some(b'/') => match name(&rest[1..]) {
            Some(Named::Root) => Mark::RootEnd,
            Some(Named::Record(_)) => Mark::RecordEnd,
            None => Mark::Other,
        },
        _ => match name(rest) {
            Some(Named::Root) => Mark::Root,
            Some(Named::Record(change)) => Mark::Record(change),
            None => Mark::Other,
        },
    }
}

enum Named {
    Root,
    Record(Change),
}

fn name(bytes: &[u8]) -> Option<Named> {
    // Most elements are `value` and `attr`: they are told by their first letter.
    let (word, named): (&[u8], _) = match bytes.first()? {
        b'a' => (b"addRequest", Named::Record(Change::Put)),
        b'm' => (b"modifyRequest", Named::Record(Change::Modify)),
        b'd' => (b"deleteRequest", Named::Record(Change::Delete)),
        b'f' => (b"ficAlimMENESR", Named::Root),
        _ => return None,
    };
    let after = bytes.strip_prefix(word)?.first();
    after.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/')).then_some(named)
}

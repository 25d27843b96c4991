//! What stands before the first record: the declaration, the DOCTYPE, comments and the tag of the file's element.

use std::io;
use std::path::Path;

use crate::ReadError;
use crate::encoding::Encoding;
use crate::head::quoted;
use crate::mark::Mark;
use crate::scan::Scan;

/// How far into a file its comments say something of it; a declaration is no longer than this either.
const HEAD: usize = 64 << 10;
const BOM: &[u8] = b"\xEF\xBB\xBF";

#[derive(Debug, Default)]
pub(super) struct Prolog {
    pub(super) encoding: Encoding,
    pub(super) comments: Vec<String>,
    /// The file's element is empty: `<ficAlimMENESR/>`.
    pub(super) closed: bool,
}

pub(super) enum BadProlog {
    Io(io::Error),
    Declarations,
    Encoding(String),
    NotAaf(&'static str),
}

impl From<io::Error> for BadProlog {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl BadProlog {
    pub(super) fn of(self, path: &Path, line: u64) -> ReadError {
        let path = path.to_owned();
        match self {
            Self::Io(source) => ReadError::Io { path, source },
            Self::Declarations => ReadError::Declarations { path, line },
            Self::Encoding(name) => ReadError::Encoding { path, name },
            Self::NotAaf(reason) => ReadError::NotAaf { path, line, reason },
        }
    }
}

/// Passes the prolog. The DOCTYPE, which can only stand in it, is looked at before anything else is made of the file.
pub(super) fn read(scan: &mut Scan) -> Result<Prolog, BadProlog> {
    let mut prolog = Prolog::default();
    let marked = byte_order_mark(scan)?;
    let mut begun = false;
    while scan.pass_white()? {
        match scan.mark()? {
            Mark::Comment => match comment(scan)? {
                Some(text) if text.is_empty() => {}
                Some(text) => prolog.comments.push(text),
                None if begun => break,
                None => return Err(BadProlog::NotAaf("a comment is not closed")),
            },
            _ if begun => break,
            Mark::Instruction => {
                if let Some(encoding) = instruction(scan)?.filter(|_| !marked) {
                    prolog.encoding = encoding;
                }
            }
            Mark::Doctype => doctype(scan)?,
            Mark::Declaration => return Err(BadProlog::Declarations),
            Mark::Root => {
                prolog.closed = root(scan)?;
                begun = true;
            }
            _ => return Err(BadProlog::NotAaf("<ficAlimMENESR> was expected")),
        }
    }
    if begun { Ok(prolog) } else { Err(BadProlog::NotAaf("it ends before <ficAlimMENESR>")) }
}

/// Passes the mark of UTF-8; true where it is there. UTF-16 is told by its own, or by its zeros.
fn byte_order_mark(scan: &mut Scan) -> Result<bool, BadProlog> {
    scan.window.reach(4)?;
    let ahead = scan.window.ahead();
    let first = &ahead[..ahead.len().min(4)];
    if first.starts_with(b"\xFF\xFE") || first.starts_with(b"\xFE\xFF") || first.contains(&0) {
        return Err(BadProlog::Encoding("UTF-16".to_owned()));
    }
    let marked = first.starts_with(BOM);
    if marked {
        scan.window.pass(BOM.len());
    }
    Ok(marked)
}

/// Passes a comment and gives what is to be read of it, which is nothing far down in the file; none where it is not closed.
fn comment(scan: &mut Scan) -> Result<Option<String>, BadProlog> {
    let Some(end) = scan.beyond(0, Mark::Comment)? else { return Ok(None) };
    let known = usize::try_from(scan.window.offset()).unwrap_or(usize::MAX);
    let text = &scan.window.ahead()[..end.min(HEAD.saturating_sub(known))];
    let text = String::from_utf8_lossy(text).into_owned();
    scan.window.pass(end);
    Ok(Some(text))
}

/// Passes `<?...?>`; its encoding, if it is the XML declaration and names one.
fn instruction(scan: &mut Scan) -> Result<Option<Encoding>, BadProlog> {
    scan.window.reach(HEAD)?;
    let ahead = scan.window.ahead();
    let ahead = &ahead[..ahead.len().min(HEAD)];
    let end = memchr::memmem::find(ahead, b"?>").ok_or(BadProlog::NotAaf("an XML declaration is not closed"))?;
    let text = String::from_utf8_lossy(&ahead[..end]).into_owned();
    scan.window.pass(end + 2);
    let declaration = text.strip_prefix("<?xml").filter(|rest| rest.starts_with(|first: char| first.is_whitespace()));
    let Some(name) = declaration.and_then(|rest| quoted(rest, "encoding")) else { return Ok(None) };
    let shown = || name.chars().filter(char::is_ascii_graphic).take(40).collect();
    Encoding::named(name).map(Some).ok_or_else(|| BadProlog::Encoding(shown()))
}

fn doctype(scan: &mut Scan) -> Result<(), BadProlog> {
    let (end, declares) = tag(scan)?.ok_or(BadProlog::NotAaf("the DOCTYPE is not closed"))?;
    if declares {
        return Err(BadProlog::Declarations);
    }
    scan.window.pass(end + 1);
    Ok(())
}

/// Passes the tag of the file's element; whether it is empty.
fn root(scan: &mut Scan) -> Result<bool, BadProlog> {
    let (end, _) = tag(scan)?.ok_or(BadProlog::NotAaf("<ficAlimMENESR is not closed"))?;
    let empty = scan.window.ahead()[..end].ends_with(b"/");
    scan.window.pass(end + 1);
    Ok(empty)
}

/// Where the tag ends that begins here, quotes looked over, and whether a `[` comes before.
fn tag(scan: &mut Scan) -> io::Result<Option<(usize, bool)>> {
    scan.window.reach(HEAD)?;
    let mut quote = None;
    for (at, byte) in scan.window.ahead().iter().take(HEAD).enumerate() {
        match (quote, byte) {
            (None, b'>') => return Ok(Some((at, false))),
            (None, b'[') => return Ok(Some((at, true))),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    Ok(None)
}

//! Where records begin and end, found in the bytes alone, so that a record that is no XML costs itself and not its neighbours.
//!
//! Comments and CDATA sections are looked over as XML has them: a tag within them is text, and nobody can put a record into a
//! value. One that is not closed within [`MAX_RECORD_BYTES`] (a comment: before the next one begins) counts as not begun; its
//! record is refused when it is parsed.

use std::fs::File;
use std::io;
use std::ops::Range;

use memchr::memchr;

use crate::MAX_RECORD_BYTES;
use crate::mark::{LOOK, Mark, mark};
use crate::window::Window;

/// How far the record reaches that begins at the window.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// So many bytes, closing tag included.
    Whole(usize),
    /// So many bytes, and then something that cannot stand in it.
    Unclosed(usize),
    /// To the end of the file.
    CutOff,
    /// Farther than a record may.
    TooLong,
}

/// A window that knows the marks.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) window: Window,
    /// Offsets of the file between which no CDATA section ends: sections that are never closed would be looked through again and again.
    no_cdata_end: Range<u64>,
}

impl Scan {
    pub(crate) fn new(input: File) -> Self {
        Self { window: Window::new(input), no_cdata_end: 0..0 }
    }

    /// What the window begins with.
    pub(crate) fn mark(&mut self) -> io::Result<Mark> {
        self.mark_at(0)
    }

    fn mark_at(&mut self, at: usize) -> io::Result<Mark> {
        self.window.reach(at + LOOK)?;
        Ok(mark(&self.window.ahead()[at..]))
    }

    /// Passes white space; false at the end of the file.
    pub(crate) fn pass_white(&mut self) -> io::Result<bool> {
        loop {
            let ahead = self.window.ahead();
            let white = ahead.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let all = white == ahead.len();
            self.window.pass(white);
            if !all || !self.window.grow()? {
                return Ok(!all);
            }
        }
    }

    /// Passes what belongs to no record, up to the next record or the end of the file's element.
    pub(crate) fn pass_stray(&mut self) -> io::Result<()> {
        loop {
            // Whatever stands here is stray: of a tag, its `<` is enough.
            let begins = self.mark()?;
            let count = self.beyond(0, begins)?.unwrap_or(1);
            self.window.pass(count.min(self.window.ahead().len()));
            while memchr(b'<', self.window.ahead()).is_none() {
                self.window.pass(self.window.ahead().len());
                if !self.window.grow()? {
                    return Ok(());
                }
            }
            let text = memchr(b'<', self.window.ahead()).unwrap_or(0);
            self.window.pass(text);
            if matches!(self.mark()?, Mark::Record(_) | Mark::RootEnd) {
                return Ok(());
            }
        }
    }

    /// Passes everything.
    pub(crate) fn pass_all(&mut self) -> io::Result<()> {
        loop {
            self.window.pass(self.window.ahead().len());
            if !self.window.grow()? {
                return Ok(());
            }
        }
    }

    /// How far the record reaches that begins here.
    pub(crate) fn extent(&mut self) -> io::Result<Extent> {
        let Some(end) = self.find(1, b'>')? else { return Ok(self.endless()) };
        let tag = &self.window.ahead()[1..end];
        if tag.ends_with(b"/") && memchr(b'<', tag).is_none() {
            return Ok(Extent::Whole(end + 1));
        }
        let mut at = 1;
        loop {
            let Some(found) = self.find(at, b'<')? else { return Ok(self.endless()) };
            at = match self.mark_at(found)? {
                Mark::Record(_) | Mark::RootEnd => return Ok(Extent::Unclosed(found)),
                Mark::RecordEnd => {
                    let end = self.find(found, b'>')?;
                    return Ok(end.map_or_else(|| self.endless(), |end| Extent::Whole(end + 1)));
                }
                begins => self.beyond(found, begins)?.unwrap_or(found + 1),
            };
        }
    }

    fn endless(&self) -> Extent {
        if self.window.ahead().len() >= MAX_RECORD_BYTES { Extent::TooLong } else { Extent::CutOff }
    }

    /// Just after the comment or the CDATA section that begins at `at`; nothing where it is not closed.
    pub(crate) fn beyond(&mut self, at: usize, begins: Mark) -> io::Result<Option<usize>> {
        match begins {
            Mark::Comment => self.comment_end(at + "<!--".len()),
            Mark::CData => self.cdata_end(at + "<![CDATA[".len()),
            _ => Ok(None),
        }
    }

    /// A comment within a comment is none: the first was never closed.
    fn comment_end(&mut self, from: usize) -> io::Result<Option<usize>> {
        let mut at = from;
        while let Some(dash) = self.find(at, b'-')? {
            self.window.reach(dash + 3)?;
            let ahead = self.window.ahead();
            if ahead[dash..].starts_with(b"-->") {
                return Ok(Some(dash + 3));
            }
            if dash >= from + 2 && ahead[dash - 2..].starts_with(b"<!--") {
                return Ok(None);
            }
            at = dash + 1;
        }
        Ok(None)
    }

    fn cdata_end(&mut self, from: usize) -> io::Result<Option<usize>> {
        let begin = self.window.offset() + from as u64;
        let known = if self.no_cdata_end.contains(&begin) { self.no_cdata_end.clone() } else { begin..begin };
        let mut at = from + usize::try_from(known.end - begin).unwrap_or(0);
        while let Some(bracket) = self.find(at, b']')? {
            self.window.reach(bracket + 3)?;
            if self.window.ahead()[bracket..].starts_with(b"]]>") {
                return Ok(Some(bracket + 3));
            }
            at = bracket + 1;
        }
        // The last two bytes may be the beginning of an end.
        let looked = self.window.ahead().len().min(MAX_RECORD_BYTES).saturating_sub(2);
        self.no_cdata_end = known.start..known.end.max(self.window.offset() + looked as u64);
        Ok(None)
    }

    /// The next `byte` at or after `from`, within the bound of a record.
    pub(crate) fn find(&mut self, from: usize, byte: u8) -> io::Result<Option<usize>> {
        let mut at = from;
        loop {
            let ahead = self.window.ahead();
            let end = ahead.len().min(MAX_RECORD_BYTES);
            if let Some(found) = ahead.get(at..end).and_then(|bytes| memchr(byte, bytes)) {
                return Ok(Some(at + found));
            }
            if end == MAX_RECORD_BYTES || !self.window.grow()? {
                return Ok(None);
            }
            at = at.max(end);
        }
    }
}

//! A file seen through a window that only moves forward: what lies ahead can be looked at before it is passed.

use std::fs::File;
use std::io::{self, Read};

use memchr::memchr_iter;

const CHUNK: u64 = 128 << 10;

/// The bytes ahead, and where in the file they begin.
#[derive(Debug)]
pub(crate) struct Window {
    input: File,
    buffer: Vec<u8>,
    at: usize,
    line: u64,
    offset: u64,
}

impl Window {
    pub(crate) fn new(input: File) -> Self {
        Self { input, buffer: Vec::new(), at: 0, line: 1, offset: 0 }
    }

    /// What was read and not passed yet.
    pub(crate) fn ahead(&self) -> &[u8] {
        &self.buffer[self.at..]
    }

    /// The line on which [`Self::ahead`] begins, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes were passed.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads on; false at the end of the file.
    pub(crate) fn grow(&mut self) -> io::Result<bool> {
        // What was passed is dropped once it is the larger part, so that no byte is moved more than once on average.
        if self.at >= self.buffer.len() - self.at {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        Ok((&mut self.input).take(CHUNK).read_to_end(&mut self.buffer)? > 0)
    }

    /// Reads until `count` bytes are ahead, or to the end of the file.
    pub(crate) fn reach(&mut self, count: usize) -> io::Result<()> {
        while self.ahead().len() < count && self.grow()? {}
        Ok(())
    }

    /// Moves on by `count` bytes of those ahead.
    pub(crate) fn pass(&mut self, count: usize) {
        let newlines = memchr_iter(b'\n', &self.ahead()[..count]).count();
        self.line += newlines as u64;
        self.offset += count as u64;
        self.at += count;
    }
}

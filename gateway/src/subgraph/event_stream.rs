//! Events of a subgraph as server-sent events (the HTML standard's `text/event-stream`), in the way of GraphQL over SSE:
//! `event: next` with a response each, `event: complete` at the end.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::{HeaderMap, header};
use http_body_util::BodyExt;

use super::{CallError, Events};

/// What a subscription asks for.
pub(super) const MEDIA_TYPE: &str = "text/event-stream";

/// Whether an answer is a stream of events.
pub(super) fn is_event_stream(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(MEDIA_TYPE))
}

/// Reads the events of a body, each of at most `limit` bytes.
pub(super) fn events<B>(body: B, limit: usize) -> Events
where
    B: hyper::body::Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let reader = Reader { body, lines: Lines::default(), event: Event::default(), ready: VecDeque::new(), limit };
    futures::stream::unfold(Some(reader), |reader| async move {
        let mut reader = reader?;
        match reader.next().await {
            None => None,
            Some(Ok(event)) => Some((Ok(event), Some(reader))),
            Some(Err(error)) => Some((Err(error), None)),
        }
    })
    .boxed()
}

struct Reader<B> {
    body: B,
    lines: Lines,
    event: Event,
    ready: VecDeque<Message>,
    limit: usize,
}

enum Message {
    Next(Bytes),
    Complete,
}

impl<B> Reader<B>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    async fn next(&mut self) -> Option<Result<Bytes, CallError>> {
        loop {
            match self.ready.pop_front() {
                Some(Message::Next(data)) => return Some(Ok(data)),
                Some(Message::Complete) => return None,
                None => {}
            }
            let frame = match self.body.frame().await {
                // Who breaks off without a word has not completed.
                None => return Some(Err(CallError::BrokenOff("its events ended without an end".to_owned()))),
                Some(Err(error)) => return Some(Err(CallError::BrokenOff(error.into().to_string()))),
                Some(Ok(frame)) => frame,
            };
            let Ok(data) = frame.into_data() else { continue };
            self.lines.add(&data);
            while let Some(line) = self.lines.next() {
                self.ready.extend(self.event.line(&line));
            }
            if self.lines.waiting() + self.event.size() > self.limit {
                return Some(Err(CallError::TooLong(self.limit)));
            }
        }
    }
}

/// Bytes as lines, which end in LF, CR or both.
#[derive(Default)]
struct Lines {
    buffer: BytesMut,
    /// How much of the buffer is known to hold no end of a line.
    seen: usize,
    /// The last line ended in CR: an LF that follows belongs to it.
    after_cr: bool,
}

impl Lines {
    fn add(&mut self, data: &[u8]) {
        self.buffer.extend_from_slice(data);
    }

    fn waiting(&self) -> usize {
        self.buffer.len()
    }

    fn next(&mut self) -> Option<Bytes> {
        if self.after_cr && !self.buffer.is_empty() {
            if self.buffer[0] == b'\n' {
                drop(self.buffer.split_to(1));
            }
            self.after_cr = false;
        }
        let Some(end) = self.buffer[self.seen..].iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            self.seen = self.buffer.len();
            return None;
        };
        let line = self.buffer.split_to(self.seen + end).freeze();
        self.after_cr = self.buffer[0] == b'\r';
        drop(self.buffer.split_to(1));
        self.seen = 0;
        Some(line)
    }
}

/// An event whose lines are not all there yet.
#[derive(Default)]
struct Event {
    name: Vec<u8>,
    data: BytesMut,
}

impl Event {
    fn size(&self) -> usize {
        self.name.len() + self.data.len()
    }

    /// Takes a line; an empty one ends the event.
    fn line(&mut self, line: &[u8]) -> Option<Message> {
        if line.is_empty() {
            let Self { name, data } = std::mem::take(self);
            return match name.as_slice() {
                b"complete" => Some(Message::Complete),
                b"" | b"next" if !data.is_empty() => Some(Message::Next(data.freeze())),
                _ => None,
            };
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..])),
            None => (line, &[][..]),
        };
        match field {
            b"event" => self.name = value.to_vec(),
            b"data" => {
                if !self.data.is_empty() {
                    self.data.extend_from_slice(b"\n");
                }
                self.data.extend_from_slice(value);
            }
            // Comments keep the connection alive; ids and retry times mean nothing here.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use http_body_util::StreamBody;
    use hyper::body::Frame;

    use super::*;

    async fn read(parts: &'static [&'static str]) -> Vec<Result<String, String>> {
        let frames = parts.iter().map(|part| Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(part.as_bytes()))));
        let body = StreamBody::new(futures::stream::iter(frames));
        let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        events(body, 64).map(|event| event.map(text).map_err(|error| error.to_string())).collect().await
    }

    #[tokio::test]
    async fn events_however_they_are_cut() {
        let one = ["event: next\ndata: {\"a\":1}\n\n: still here\n\ndata:x\ndata: y\n\nevent: complete\ndata:\n\nlate"];
        let wanted = vec![Ok("{\"a\":1}".to_owned()), Ok("x\ny".to_owned())];
        let leaked: &'static [&'static str] = Box::leak(Box::new(one));
        assert_eq!(read(leaked).await, wanted);
        let bytes: Vec<&'static str> = (0..one[0].len()).map(|at| &one[0][at..=at]).collect();
        assert_eq!(read(Box::leak(bytes.into_boxed_slice())).await, wanted);
        let crs: &'static str = Box::leak(one[0].replace('\n', "\r\n").into_boxed_str());
        let halves: &'static [&'static str] = Box::leak(Box::new([&crs[..12], &crs[12..13], &crs[13..]]));
        assert_eq!(read(halves).await, wanted);
    }

    #[tokio::test]
    async fn a_stream_that_breaks_off_and_one_that_never_ends_a_line() {
        assert_eq!(
            read(&["data: 1\n\n", "data: 2\n"]).await,
            [Ok("1".to_owned()), Err("its answer broke off: its events ended without an end".to_owned())]
        );
        let long =
            read(&["data: 0123456789012345678901234567890123456789", "01234567890123456789", "0123456789"]).await;
        assert_eq!(long, [Err("its answer is longer than 64 bytes".to_owned())]);
    }
}

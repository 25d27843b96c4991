//! What this crate logs while a test runs. It runs in one thread, so that all of it comes here.

use std::io;
use std::sync::{Arc, Mutex};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

pub(super) struct Log {
    written: Written,
    _guard: DefaultGuard,
}

impl Log {
    pub(super) fn begin() -> Self {
        let written = Written::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(written.clone())
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .without_time();
        let guard = tracing::subscriber::set_default(subscriber.finish());
        Self { written, _guard: guard }
    }

    pub(super) fn text(&self) -> String {
        let bytes = self.written.0.lock().expect("no panic happens under this lock").clone();
        let text = String::from_utf8(bytes).expect("a text");
        text.lines().filter(|line| line.contains("sign_in")).map(|line| format!("{line}\n")).collect()
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic happens under this lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

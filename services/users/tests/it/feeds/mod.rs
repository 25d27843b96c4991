//! `import_aaf`: files as académies send them, and what is known of people afterwards.

mod cases;
mod complete;
mod delta;
pub(crate) mod files;
mod removals;

//! The reader on files, as they are and as they should not be.

mod broken;
mod files;
mod hostile;
mod prolog;
mod real_data;

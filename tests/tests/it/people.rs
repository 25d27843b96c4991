//! People who are imported: what the commands say, that nothing is lost when they are killed, and that nobody leaves traces.

mod files;
mod imports;
mod killed;
mod later;
mod rows;
mod traces;

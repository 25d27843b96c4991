//! What people do with what is their own: take it away, authorise, have it erased.

mod authorising;
mod erasing;
mod exporting;
mod sessions;

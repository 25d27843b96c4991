//! What a person may know and do by what they now are to others.

mod administrators;
mod clients;
mod guardians;
mod heads;
mod inspectors;

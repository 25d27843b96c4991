//! Logging in as a browser meets it: over HTTP, at providers that are real ones or hostile ones.

mod harness;

mod backchannel;
mod leaving;
mod mixed;
mod openid;
mod outages;
mod pages;
mod returning;
mod sessions;
mod tokens;

//! Access tokens of the installation's own issuer: by them a client, or a person at a client, is known to the gateway.
//!
//! JWT profile of RFC 9068, signed with Ed25519. What a caller may do and how far that reaches stands in the token itself:
//! nothing is looked up when it is used, and it cannot be called back before it expires.

mod claims;
mod issuer;
mod verifier;

pub use claims::Grant;
pub use issuer::{Issuer, LONGEST};
pub use verifier::{BadToken, Verifier};

/// `iss` of every token: the installation itself, whatever its addresses are.
pub const ISSUER: &str = "urn:passerelle:installation";

/// `aud` of every token: the API of this installation.
pub const AUDIENCE: &str = "urn:passerelle:api";

/// What parts issuer and client in the name of another issuer's client, `ISSUER#CLIENT`. No client of the installation's own has it
/// in its name, so that nobody else's can be taken for one.
pub const FOREIGN: char = '#';

/// `typ` of the header, so that no other JWT signed with this key passes for an access token.
const TYPE: &str = "at+jwt";

#[cfg(test)]
mod tests;

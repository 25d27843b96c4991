//! An issuer's keys: what of a JWK Set can be used to check a signature, and which of them belongs to a token.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use serde::Deserialize;
use serde_json::Value;

/// Keys of one issuer at most.
const MAX_KEYS: usize = 100;
/// Bits of an RSA key: a shorter one can be broken, a longer one is not checked by the library.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// What came is no set of keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadKeySet {
    /// It is no JSON of this form.
    #[error("what came is no JWK Set: {0}")]
    Form(#[from] serde_json::Error),
    /// There are too many.
    #[error("the key set has {0} keys, more than {MAX_KEYS}")]
    TooMany(usize),
}

/// The public keys of one issuer.
pub(super) struct KeySet(Vec<Key>);

struct Key {
    jwk: Jwk,
    shape: Shape,
    decoding: DecodingKey,
}

/// What kind of key it is, by its own parameters and never by what a token says.
#[derive(Clone, Copy)]
enum Shape {
    Rsa,
    P256,
    P384,
    Ed25519,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a JWK Set. A key that is not for checking signatures, or of a kind that is not known here, is left out.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, BadKeySet> {
        let document: Document = serde_json::from_slice(bytes)?;
        if document.keys.len() > MAX_KEYS {
            return Err(BadKeySet::TooMany(document.keys.len()));
        }
        Ok(Self(document.keys.into_iter().filter_map(Key::read).collect()))
    }

    /// How many of its keys can be used.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether both have the same keys.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.iter().map(|key| &key.jwk).eq(other.0.iter().map(|key| &key.jwk))
    }

    /// The key that a token names, if it is one for the token's algorithm. A token that names none means the only such key.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&DecodingKey> {
        let mut fitting = self.0.iter().filter(|key| key.signs(algorithm));
        match id {
            Some(id) => fitting.find(|key| key.jwk.common.key_id.as_deref() == Some(id)).map(|key| &key.decoding),
            None => fitting.next().filter(|_| fitting.next().is_none()).map(|key| &key.decoding),
        }
    }
}

impl Key {
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let common = &jwk.common;
        let for_signatures = common.public_key_use.as_ref().is_none_or(|one| *one == PublicKeyUse::Signature)
            && common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
        let shape = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Shape::Rsa,
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Shape::P256,
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => Shape::P384,
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Shape::Ed25519,
            // A secret that both sides know is none of an issuer's public keys.
            _ => return None,
        };
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        (for_signatures && shape.has_size(&decoding)).then_some(Self { jwk, shape, decoding })
    }

    fn signs(&self, algorithm: Algorithm) -> bool {
        self.shape.takes(algorithm)
            && self.jwk.common.key_algorithm.is_none_or(|only| only == KeyAlgorithm::from(algorithm))
    }
}

impl Shape {
    fn takes(self, algorithm: Algorithm) -> bool {
        match self {
            Self::Rsa => algorithm.family() == AlgorithmFamily::Rsa,
            Self::P256 => algorithm == Algorithm::ES256,
            Self::P384 => algorithm == Algorithm::ES384,
            Self::Ed25519 => algorithm == Algorithm::EdDSA,
        }
    }

    /// Whether the key is as long as such keys are; the library takes that for granted.
    fn has_size(self, key: &DecodingKey) -> bool {
        match (self, key.kind()) {
            (Self::Rsa, DecodingKeyKind::RsaModulusExponent { n, .. }) => {
                let significant = n.iter().position(|byte| *byte != 0).map_or(&[][..], |start| &n[start..]);
                let unused = significant.first().map_or(0, |byte| byte.leading_zeros() as usize);
                RSA_BITS.contains(&(significant.len() * 8 - unused))
            }
            // A point is written with a byte in front of its two coordinates.
            (Self::P256, DecodingKeyKind::SecretOrDer(point)) => point.len() == 1 + 2 * 32,
            (Self::P384, DecodingKeyKind::SecretOrDer(point)) => point.len() == 1 + 2 * 48,
            (Self::Ed25519, DecodingKeyKind::SecretOrDer(bytes)) => bytes.len() == 32,
            _ => false,
        }
    }
}

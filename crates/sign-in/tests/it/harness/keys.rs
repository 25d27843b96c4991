//! Keys of providers, and tokens signed with them.

use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rand_core::OsRng;
use rsa::pkcs1::EncodeRsaPrivateKey;
use serde_json::{Value, json};

/// A pair of keys with an id.
#[derive(Clone)]
pub(crate) struct Pair {
    private: EncodingKey,
    algorithm: Algorithm,
    id: String,
}

impl Pair {
    pub(crate) fn ed25519(id: &str) -> Self {
        let secret_key = ed25519_dalek::SigningKey::generate(&mut OsRng).to_bytes();
        // The public half left out: so the library takes it.
        let key = KeypairBytes { secret_key, public_key: None }.to_pkcs8_der().expect("a key");
        Self { private: EncodingKey::from_ed_der(key.as_bytes()), algorithm: Algorithm::EdDSA, id: id.to_owned() }
    }

    pub(crate) fn p256(id: &str) -> Self {
        let key = p256::SecretKey::random(&mut OsRng).to_pkcs8_der().expect("a key");
        Self { private: EncodingKey::from_ec_der(key.as_bytes()), algorithm: Algorithm::ES256, id: id.to_owned() }
    }

    pub(crate) fn rsa(id: &str, algorithm: Algorithm) -> Self {
        let key = rsa::RsaPrivateKey::new(&mut OsRng, 2048).expect("a key").to_pkcs1_der().expect("a key");
        Self { private: EncodingKey::from_rsa_der(key.as_bytes()), algorithm, id: id.to_owned() }
    }

    /// The public half as its provider publishes it.
    pub(crate) fn public(&self) -> Value {
        let mut jwk = json!(Jwk::from_encoding_key(&self.private, self.algorithm).expect("a public key"));
        jwk["kid"] = json!(self.id);
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.algorithm);
        jwk
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as("JWT", claims)
    }

    pub(crate) fn sign_as(&self, typ: &str, claims: &Value) -> String {
        let header = Header { typ: Some(typ.to_owned()), kid: Some(self.id.clone()), ..Header::new(self.algorithm) };
        encode(&header, claims, &self.private).expect("signed")
    }

    /// With this key's id, and anybody's signature.
    pub(crate) fn sign_by(&self, header: Header, key: &EncodingKey, claims: &Value) -> String {
        encode(&Header { kid: Some(self.id.clone()), ..header }, claims, key).expect("signed")
    }
}

//! Keys of issuers, and tokens signed with them.

use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rand_core::OsRng;
use rsa::pkcs1::EncodeRsaPrivateKey;
use serde_json::{Value, json};

/// A pair of keys with an id.
pub(super) struct Pair {
    pub(super) private: EncodingKey,
    algorithm: Algorithm,
    id: String,
}

impl Pair {
    pub(super) fn ed25519(id: &str) -> Self {
        let secret_key = ed25519_dalek::SigningKey::generate(&mut OsRng).to_bytes();
        // The public half left out: so the library takes it.
        let key = KeypairBytes { secret_key, public_key: None }.to_pkcs8_der().expect("a key");
        Self { private: EncodingKey::from_ed_der(key.as_bytes()), algorithm: Algorithm::EdDSA, id: id.to_owned() }
    }

    pub(super) fn p256(id: &str) -> Self {
        let key = p256::SecretKey::random(&mut OsRng).to_pkcs8_der().expect("a key");
        Self { private: EncodingKey::from_ec_der(key.as_bytes()), algorithm: Algorithm::ES256, id: id.to_owned() }
    }

    pub(super) fn rsa(id: &str, bits: usize) -> Self {
        let key = rsa::RsaPrivateKey::new(&mut OsRng, bits).expect("a key").to_pkcs1_der().expect("a key");
        Self { private: EncodingKey::from_rsa_der(key.as_bytes()), algorithm: Algorithm::RS256, id: id.to_owned() }
    }

    /// The public half as its issuer publishes it.
    pub(super) fn public(&self) -> Value {
        self.public_with(&json!({ "use": "sig" }))
    }

    /// The same with other parameters; null takes one away.
    pub(super) fn public_with(&self, parameters: &Value) -> Value {
        let mut jwk = json!(Jwk::from_encoding_key(&self.private, self.algorithm).expect("a public key"));
        jwk["kid"] = json!(self.id);
        let all = jwk.as_object_mut().expect("an object");
        for (name, value) in parameters.as_object().expect("an object") {
            all.insert(name.clone(), value.clone());
        }
        all.retain(|_, value| !value.is_null());
        jwk
    }

    pub(super) fn header(&self) -> Header {
        let typ = Some("at+jwt".to_owned());
        Header { typ, kid: Some(self.id.clone()), ..Header::new(self.algorithm) }
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        self.sign_as(&self.header(), claims)
    }

    pub(super) fn sign_as(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.private).expect("signed")
    }
}

/// A JWK Set of these.
pub(super) fn set(keys: impl IntoIterator<Item = Value>) -> Value {
    json!({ "keys": keys.into_iter().collect::<Vec<_>>() })
}

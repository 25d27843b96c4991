//! Machine clients of this installation: registered and ended by whoever administers it; their secret is shown once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Clock, ErrorCode, Fault, Perimeter};
use service_kit::access_token::Grant;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use uuid::Uuid;

use crate::Store;
use crate::store::ClientRow;

/// Bytes of a secret.
const SECRET: usize = 32;
/// Bytes of a name.
const MAX_NAME: usize = 100;
/// Scopes that a client may be given.
pub(crate) const SCOPES: &[&str] = &["deployments:write", "productions:write", "statistics:exact", "users:read"];

/// What a client is to be.
#[derive(Clone, Debug)]
pub(crate) struct NewClient {
    pub(crate) client_id: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) perimeter: Perimeter,
}

/// Registers a client; the client and its secret, which is nowhere else.
pub(crate) async fn register(
    store: &Store,
    clock: &Clock,
    by: Uuid,
    new: NewClient,
) -> Result<(ClientRow, String), Fault> {
    check(&new)?;
    let mut bytes = [0; SECRET];
    service_kit::secret::random(&mut bytes);
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let row = ClientRow {
        client_id: new.client_id,
        name: new.name,
        secret_hash: hash(&secret),
        scopes: Json(new.scopes),
        perimeter: Json(new.perimeter),
        registered_by: Some(by),
        registered_at: clock.now(),
        revoked_at: None,
    };
    if store.client(&row.client_id).await?.is_some() {
        // A name that was ended stays taken: pseudonyms go by it.
        return Err(Fault::new(ErrorCode::Conflict, format!("there is a client {:?}, or was", row.client_id)));
    }
    store.add_client(&row).await?;
    tracing::info!(client = row.client_id, "a client was registered");
    Ok((row, secret))
}

/// What a client that proves its secret is granted; none where it does not.
pub(crate) async fn granted(store: &Store, client_id: &str, secret: &str) -> Result<Option<Grant>, Fault> {
    // What is no name is nobody's, and a database may not even be able to read it.
    if !is_name(client_id) {
        return Ok(None);
    }
    let found = store.client(client_id).await?.filter(|client| client.revoked_at.is_none());
    // Both are hashes of what nobody can guess: comparing them tells nothing by its time.
    let Some(client) = found.filter(|client| client.secret_hash == hash(secret)) else { return Ok(None) };
    Ok(Some(Grant {
        client: client.client_id,
        subject: None,
        scopes: client.scopes.0.into_iter().collect(),
        perimeter: client.perimeter.0,
    }))
}

fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Small letters, digits and hyphens, as clients and ENT projects are named.
fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(plain)
}

fn check(new: &NewClient) -> Result<(), Fault> {
    let bad = |told: String| Err(Fault::new(ErrorCode::BadUserInput, told));
    let id = &new.client_id;
    if !is_name(id) || id == super::OWN_CLIENT {
        return bad("clientId: write a name of small letters, digits and hyphens, such as portail-bordeaux".to_owned());
    }
    if new.name.trim().is_empty() || new.name.len() > MAX_NAME || new.name.chars().any(char::is_control) {
        return bad(format!("name: write 1 to {MAX_NAME} bytes"));
    }
    if let Some(scope) = new.scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
        return bad(format!("scopes: there is no scope {scope:?}; there are {}", SCOPES.join(", ")));
    }
    if !new.perimeter.projects.iter().all(|project| is_name(project)) {
        return bad("projects: an ENT project is named in small letters, digits and hyphens, as entProjects tells it"
            .to_owned());
    }
    Ok(())
}

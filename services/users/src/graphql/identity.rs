//! Where people have accounts, and their sessions here.

use async_graphql::{Context, ID, SimpleObject};
use kernel::Fault;
use service_kit::graphql::DateTime;

use super::loaders::Loaders;
use crate::store::IdentifierRow;

/// An OpenID provider at which people log in: EduConnect, an academic guichet, an ENT.
#[derive(Clone, SimpleObject)]
pub(crate) struct IdentityProvider {
    /// Its name in addresses.
    id: ID,
    /// Its name for people.
    name: String,
    /// How logging in works there: `OPENID_CONNECT`.
    protocol: String,
    /// Where logging in there begins: a path of this installation.
    login_url: String,
}

/// An account of a person at a provider.
#[derive(SimpleObject)]
pub(crate) struct Identity {
    /// Where; null where it is not offered any more.
    provider: Option<IdentityProvider>,
    /// Since when it is known here.
    linked_at: DateTime,
    /// When it was last used to log in here; null before the first time.
    last_used_at: Option<DateTime>,
}

/// Somebody logged in on a device.
#[derive(SimpleObject)]
pub(crate) struct Session {
    /// Its name: nobody gets in by it.
    pub(super) id: ID,
    /// Since when.
    created_at: DateTime,
    /// When it was last used, to the minute.
    last_seen_at: DateTime,
    /// Whether it is the one that asks.
    current: bool,
}

/// Every provider that is offered in a territory; all of them without one.
pub(super) fn providers(ctx: &Context<'_>, territory: Option<&str>) -> Vec<IdentityProvider> {
    let all = Loaders::reads(ctx).front.sign_in.providers().into_iter();
    let offered = all.filter(|one| {
        one.territories.is_empty() || territory.is_none_or(|wanted| one.territories.iter().any(|id| id == wanted))
    });
    let told = |one: sign_in::ProviderInfo| IdentityProvider {
        id: ID(one.id),
        name: one.name,
        protocol: "OPENID_CONNECT".to_owned(),
        login_url: one.login_url,
    };
    offered.map(told).collect()
}

/// The accounts among what systems call a person.
pub(super) fn identities(ctx: &Context<'_>, identifiers: Vec<IdentifierRow>) -> Vec<Identity> {
    let providers = providers(ctx, None);
    let identity = |row: IdentifierRow| {
        let provider = row.system.strip_prefix("oidc:")?;
        Some(Identity {
            provider: providers.iter().find(|one| one.id.as_str() == provider).cloned(),
            linked_at: DateTime(row.attached_at),
            last_used_at: row.last_used_at.map(DateTime),
        })
    };
    identifiers.into_iter().filter_map(identity).collect()
}

/// The sessions of whoever asks.
pub(super) async fn sessions(ctx: &Context<'_>, person: uuid::Uuid) -> Result<Vec<Session>, Fault> {
    let reads = Loaders::reads(ctx);
    let current = reads.principal.person.as_ref().and_then(|person| person.session.clone());
    let mut sessions = Vec::new();
    for member in reads.front.store.members_of(person).await? {
        sessions.extend(reads.front.sign_in.sessions_of(member).await?);
    }
    sessions.sort_by_key(|one| (one.created_at, one.id));
    let told = |one: sign_in::Session| Session {
        current: current.as_deref() == Some(one.id.to_string().as_str()),
        id: ID(one.id.to_string()),
        created_at: DateTime(one.created_at),
        last_seen_at: DateTime(one.last_seen_at),
    };
    Ok(sessions.into_iter().map(told).collect())
}

//! What may be done: by a person with what is their own, by who answers for them, and by whoever administers the installation.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use kernel::{ErrorCode, Fault, Perimeter};
use service_kit::access::{ACCESS, Seer};
use service_kit::graphql::{Date, EstablishmentKind, LegalStatus};
use uuid::Uuid;

use super::administration::Client;
use super::loaders::Loaders;
use super::own::Authorisation;
use crate::app::{self, NewClient, Saying};

pub(crate) struct Mutation;

/// Which session ends.
#[derive(InputObject)]
pub(crate) struct EndSessionInput {
    /// Its id, as `me { sessions { id } }` tells it.
    id: ID,
}

/// What became of it.
#[derive(SimpleObject)]
pub(crate) struct EndSessionPayload {
    /// Whether there was such a session.
    ended: bool,
}

/// Whose data.
#[derive(InputObject)]
pub(crate) struct ExportMyDataInput {
    /// A child for whom the caller answers; absent: the caller themselves.
    user_id: Option<ID>,
}

/// Everything that is kept of a person by the service of people.
#[derive(SimpleObject)]
pub(crate) struct ExportMyDataPayload {
    /// What `content` is: `application/json`.
    media_type: String,
    /// The data, as a text.
    content: String,
}

/// Who is erased.
#[derive(InputObject)]
pub(crate) struct EraseUserInput {
    /// A child for whom the caller answers, or, for whoever administers the installation, anybody; absent: the caller themselves.
    user_id: Option<ID>,
}

/// What became of it.
#[derive(SimpleObject)]
pub(crate) struct EraseUserPayload {
    /// True: nothing is kept any more.
    erased: bool,
}

/// What is authorised, or objected to.
#[derive(InputObject)]
pub(crate) struct RecordAuthorisationInput {
    /// A child for whom the caller answers; absent: the caller themselves.
    user_id: Option<ID>,
    /// What it is about, a word in capitals such as `PUBLICATION`.
    purpose: String,
    /// Whether it is authorised; false objects to it.
    granted: bool,
    /// The last day on which it holds; absent: until something else is said.
    until: Option<Date>,
}

/// What stands now.
#[derive(SimpleObject)]
pub(crate) struct RecordAuthorisationPayload {
    /// What was said.
    authorisation: Authorisation,
}

/// What is decided on a proposal.
#[derive(InputObject)]
pub(crate) struct DecideMergeProposalInput {
    /// The proposal.
    id: ID,
    /// Whether the two are one.
    accept: bool,
}

/// What became of it.
#[derive(SimpleObject)]
pub(crate) struct DecideMergeProposalPayload {
    /// Whether the two are one now.
    merged: bool,
}

/// Which merge is undone.
#[derive(InputObject)]
pub(crate) struct UndoMergeInput {
    /// The merge.
    id: ID,
}

/// What became of it.
#[derive(SimpleObject)]
pub(crate) struct UndoMergePayload {
    /// True: they are two again, and will not be merged again by a rule.
    undone: bool,
}

/// A machine client that is to be.
#[derive(InputObject)]
pub(crate) struct RegisterClientInput {
    /// Its name in tokens: small letters, digits and hyphens.
    client_id: ID,
    /// Its name for people.
    name: String,
    /// What it may do: `deployments:write`, `productions:write`, `statistics:exact`, `users:read`.
    scopes: Vec<String>,
    /// Ids of the territories that its rights reach, such as `ACA-04`.
    #[graphql(default)]
    territories: Vec<ID>,
    /// Slugs of the ENT projects that its rights reach. Without territory and project they reach no establishment.
    #[graphql(default)]
    projects: Vec<ID>,
    /// Kinds of establishment that they are narrowed to; none: all.
    #[graphql(default)]
    establishment_kinds: Vec<EstablishmentKind>,
    /// The same of legal status.
    #[graphql(default)]
    legal_status: Vec<LegalStatus>,
}

/// The new client.
#[derive(SimpleObject)]
pub(crate) struct RegisterClientPayload {
    /// The client.
    client: Client,
    /// Its secret, for `/oauth/token`: told now and never again.
    client_secret: String,
}

/// Which client ends.
#[derive(InputObject)]
pub(crate) struct RevokeClientInput {
    /// Its name in tokens.
    client_id: ID,
}

/// What became of it.
#[derive(SimpleObject)]
pub(crate) struct RevokeClientPayload {
    /// Whether there was such a client. Tokens that it has are good until they run out, within an hour.
    revoked: bool,
}

/// What may be done.
#[Object]
impl Mutation {
    /// Ends a session of the caller's own, on whatever device.
    async fn end_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: EndSessionInput,
    ) -> Result<EndSessionPayload, Fault> {
        let by = oneself(ctx).await?;
        let front = &Loaders::reads(ctx).front;
        let Ok(id) = input.id.parse::<Uuid>() else { return Ok(EndSessionPayload { ended: false }) };
        for member in front.store.members_of(by).await? {
            if front.sign_in.end(member, id).await? {
                return Ok(EndSessionPayload { ended: true });
            }
        }
        Ok(EndSessionPayload { ended: false })
    }

    /// Everything that this service keeps of the caller, or of a child for whom they answer, to take away.
    async fn export_my_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose data.")] input: ExportMyDataInput,
    ) -> Result<ExportMyDataPayload, Fault> {
        let front = &Loaders::reads(ctx).front;
        let whose = whose(ctx, input.user_id.as_ref(), "Mutation.exportMyData: of a person").await?;
        let data = app::export(&front.store, &front.secrets, &front.clock, whose).await?;
        Ok(ExportMyDataPayload { media_type: "application/json".to_owned(), content: format!("{data:#}") })
    }

    /// Erases everything that is kept of a person who has left. Whom an establishment has this year it has by law: that is a
    /// CONFLICT.
    async fn erase_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: EraseUserInput,
    ) -> Result<EraseUserPayload, Fault> {
        let front = &Loaders::reads(ctx).front;
        let whose = whose(ctx, input.user_id.as_ref(), "Mutation.eraseUser: a person").await?;
        // Whoever was merged into them may have logged in before that.
        let members = front.store.members_of(whose).await?;
        app::erase(&front.store, &front.clock, whose, "ASKED").await?;
        for member in members {
            front.sign_in.end_all(member).await?;
        }
        Ok(EraseUserPayload { erased: true })
    }

    /// Authorises something for the caller or a child for whom they answer, or objects to it.
    async fn record_authorisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and for whom.")] input: RecordAuthorisationInput,
    ) -> Result<RecordAuthorisationPayload, Fault> {
        let front = &Loaders::reads(ctx).front;
        let by = oneself(ctx).await?;
        let whose = whose(ctx, input.user_id.as_ref(), "Mutation.recordAuthorisation: for a person").await?;
        let minor =
            front.store.people(&[whose]).await?.get(&whose).is_some_and(|one| one.is_minor(front.clock.today()));
        if minor && by == whose && input.granted {
            let told = "for a minor, who answers for them authorises; they can object themselves";
            return Err(Fault::new(ErrorCode::Forbidden, told));
        }
        let until = input.until.map(|until| until.0);
        let saying = Saying { purpose: input.purpose, granted: input.granted, until };
        let row = app::authorise(&front.store, &front.clock, whose, by, saying).await?;
        Ok(RecordAuthorisationPayload { authorisation: row.into() })
    }

    /// Decides whether two people are one.
    async fn decide_merge_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal, and whether the two are one.")] input: DecideMergeProposalInput,
    ) -> Result<DecideMergeProposalPayload, Fault> {
        let front = &Loaders::reads(ctx).front;
        let by = oneself(ctx).await?;
        app::decide(&front.store, &front.clock, parsed(&input.id, "id")?, input.accept, by).await?;
        Ok(DecideMergeProposalPayload { merged: input.accept })
    }

    /// Makes two people of one again.
    async fn undo_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which merge.")] input: UndoMergeInput,
    ) -> Result<UndoMergePayload, Fault> {
        let front = &Loaders::reads(ctx).front;
        app::unmerge(&front.store, &front.clock, parsed(&input.id, "id")?).await?;
        Ok(UndoMergePayload { undone: true })
    }

    /// Registers a machine client: a portal, a dashboard, a vendor.
    async fn register_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the client is to be.")] input: RegisterClientInput,
    ) -> Result<RegisterClientPayload, Fault> {
        let front = &Loaders::reads(ctx).front;
        let by = oneself(ctx).await?;
        let texts = |ids: Vec<ID>| ids.into_iter().map(|id| id.0).collect();
        for territory in &input.territories {
            territory.parse::<kernel::TerritoryId>().map_err(|error| Fault::bad_input(&error))?;
        }
        let perimeter = Perimeter {
            territories: texts(input.territories),
            projects: texts(input.projects),
            kinds: input.establishment_kinds.into_iter().map(Into::into).collect(),
            legal_status: input.legal_status.into_iter().map(Into::into).collect(),
        };
        let new = NewClient { client_id: input.client_id.0, name: input.name, scopes: input.scopes, perimeter };
        let (client, client_secret) = app::register_client(&front.store, &front.clock, by, new).await?;
        Ok(RegisterClientPayload { client: client.into(), client_secret })
    }

    /// Ends a machine client.
    async fn revoke_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which client.")] input: RevokeClientInput,
    ) -> Result<RevokeClientPayload, Fault> {
        let front = &Loaders::reads(ctx).front;
        let revoked = front.store.revoke_client(&input.client_id, front.clock.now()).await?;
        Ok(RevokeClientPayload { revoked })
    }
}

/// The person who asks.
async fn oneself(ctx: &Context<'_>) -> Result<Uuid, Fault> {
    let reads = Loaders::reads(ctx);
    let found = app::oneself(&reads.front.store, &reads.front.secrets.pseudonyms, &reads.principal).await?;
    found.ok_or_else(|| Fault::new(ErrorCode::Forbidden, "this is for people, and not for applications"))
}

/// The person of this pseudonym, or who asks, where the table gives the caller `what` of them. Somebody whom the caller may not know
/// is not there; and who is no person learns not even that.
async fn whose(ctx: &Context<'_>, id: Option<&ID>, what: &str) -> Result<Uuid, Fault> {
    let reads = Loaders::reads(ctx);
    let asks = oneself(ctx).await?;
    let Some(id) = id else { return Ok(asks) };
    let nobody = || Fault::new(ErrorCode::NotFound, "the caller knows nobody of this id");
    let found = app::by_pseudonym(&reads.front.secrets.pseudonyms, &reads.principal, id).ok_or_else(nobody)?;
    if reads.principal.person.as_ref().is_some_and(|person| person.administrator)
        && ACCESS.admits(what, &[Seer::Administrator])
    {
        return reads.front.store.canonical(&[found]).await?.remove(&found).ok_or_else(nobody);
    }
    let user = Loaders::user(ctx, found).await?.ok_or_else(nobody)?;
    if ACCESS.admits(what, &user.seen.seers) {
        return Ok(user.seen.person.id);
    }
    Err(Fault::new(ErrorCode::Forbidden, "this is not the caller's to do for this person"))
}

fn parsed(id: &ID, what: &str) -> Result<Uuid, Fault> {
    id.parse().map_err(|_| Fault::new(ErrorCode::BadUserInput, format!("{what}: this is no id of ours")))
}

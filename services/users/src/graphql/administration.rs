//! What whoever administers the installation sees: proposals, each with both people side by side, and clients.

use async_graphql::{Context, ID, SimpleObject};
use kernel::{BadPage, Cursor, Fault, Page};
use service_kit::graphql::{Date, DateTime, EstablishmentKind, LegalStatus, PageInfo};
use uuid::Uuid;

use super::loaders::Loaders;
use super::user::Affiliation;
use crate::domain::Person;
use crate::store::{ClientRow, ProposalRow};

/// Two people who may be one.
#[derive(SimpleObject)]
pub(crate) struct MergeProposal {
    /// Its id.
    id: ID,
    /// What gave rise to it, such as `BIRTH_DATE_NAMES`.
    rule: String,
    /// How the two compare, in words and without values.
    evidence: String,
    /// When.
    proposed_at: DateTime,
    /// Who was known first.
    older: MergeCandidate,
    /// Who was known later.
    newer: MergeCandidate,
}

/// One of two people who may be one.
#[derive(SimpleObject)]
pub(crate) struct MergeCandidate {
    /// Their name.
    name: Option<String>,
    /// Their date of birth.
    birth_date: Option<Date>,
    /// What they are and were.
    affiliations: Vec<Affiliation>,
    /// The systems that know them.
    systems: Vec<String>,
}

/// A page of proposals.
#[derive(SimpleObject)]
pub(crate) struct MergeProposalConnection {
    /// The proposals.
    edges: Vec<MergeProposalEdge>,
    /// Where the page stands.
    page_info: PageInfo,
}

/// A proposal in a page.
#[derive(SimpleObject)]
pub(crate) struct MergeProposalEdge {
    /// Its place, for `after`.
    cursor: String,
    /// The proposal.
    node: MergeProposal,
}

/// A machine client of this installation.
#[derive(SimpleObject)]
pub(crate) struct Client {
    /// Its name in tokens.
    #[graphql(name = "clientId")]
    id: ID,
    /// Its name for people.
    name: String,
    /// What it may do.
    scopes: Vec<String>,
    /// Ids of the territories that its rights reach.
    territories: Vec<ID>,
    /// Slugs of the ENT projects that its rights reach.
    projects: Vec<ID>,
    /// Kinds of establishment that they are narrowed to; none: all.
    establishment_kinds: Vec<EstablishmentKind>,
    /// The same of legal status.
    legal_status: Vec<LegalStatus>,
    /// When it was registered.
    registered_at: DateTime,
    /// When it was ended; null while it is not.
    revoked_at: Option<DateTime>,
}

impl From<ClientRow> for Client {
    fn from(row: ClientRow) -> Self {
        let perimeter = row.perimeter.0;
        Self {
            id: ID(row.client_id),
            name: row.name,
            scopes: row.scopes.0,
            territories: perimeter.territories.into_iter().map(ID).collect(),
            projects: perimeter.projects.into_iter().map(ID).collect(),
            establishment_kinds: perimeter.kinds.into_iter().map(Into::into).collect(),
            legal_status: perimeter.legal_status.into_iter().map(Into::into).collect(),
            registered_at: DateTime(row.registered_at),
            revoked_at: row.revoked_at.map(DateTime),
        }
    }
}

/// A page of what nobody has decided yet. Some statements for the page, and one for each of its people, 200 at most.
pub(super) async fn proposals(ctx: &Context<'_>, page: &Page) -> Result<MergeProposalConnection, Fault> {
    let store = &Loaders::reads(ctx).front.store;
    let size = page.size as usize;
    let after = page.after.as_ref().and_then(|after| after.0.first());
    let after = after.map(|id| id.parse::<Uuid>()).transpose().map_err(|_| Fault::bad_input(&BadPage::Cursor))?;
    let wanted = i64::try_from(size + 1).unwrap_or(i64::MAX);
    let mut rows = store.open_proposals(after.unwrap_or(Uuid::nil()), wanted).await?;
    let has_next_page = rows.len() > size;
    rows.truncate(size);
    let ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.one_id, row.other_id]).collect();
    let canonical = store.canonical(&ids).await?;
    let people = store.people(&canonical.values().copied().collect::<Vec<_>>()).await?;
    let mut edges = Vec::new();
    for row in rows {
        let person = |id: &Uuid| canonical.get(id).and_then(|id| people.get(id));
        let (Some(older), Some(newer)) = (person(&row.one_id), person(&row.other_id)) else { continue };
        let (older, newer) = (candidate(ctx, older).await?, candidate(ctx, newer).await?);
        edges.push(MergeProposalEdge {
            cursor: Cursor(vec![row.proposal_id.to_string()]).encode(),
            node: proposal(row, older, newer),
        });
    }
    let page_info = PageInfo {
        has_next_page,
        has_previous_page: after.is_some(),
        start_cursor: edges.first().map(|edge| edge.cursor.clone()),
        end_cursor: edges.last().map(|edge| edge.cursor.clone()),
    };
    Ok(MergeProposalConnection { edges, page_info })
}

fn proposal(row: ProposalRow, older: MergeCandidate, newer: MergeCandidate) -> MergeProposal {
    MergeProposal {
        id: ID(row.proposal_id.to_string()),
        rule: row.rule,
        evidence: row.evidence,
        proposed_at: DateTime(row.proposed_at),
        older,
        newer,
    }
}

async fn candidate(ctx: &Context<'_>, person: &Person) -> Result<MergeCandidate, Fault> {
    let mut systems: Vec<String> =
        Loaders::reads(ctx).front.store.identifiers_of(person.id).await?.into_iter().map(|row| row.system).collect();
    systems.dedup();
    Ok(MergeCandidate {
        name: person.name(),
        birth_date: person.birth_date.map(Date),
        affiliations: person.affiliations.iter().map(Affiliation::of).collect(),
        systems,
    })
}

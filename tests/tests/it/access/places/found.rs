//! People as the service of people itself gives them: whoever asks, their child, somebody by their pseudonym; and what is there for
//! whoever administers the installation.

use super::super::callers::{Pseudonyms, Thing};
use super::super::scene::Scene;
use super::{Gate, PUPIL, Place, STAFF};

const PROPOSALS: Gate = Gate::Field("Query", "mergeProposals");
const CLIENTS: Gate = Gate::Field("Query", "clients");

pub(super) fn places(scene: &Scene, pseudonyms: &Pseudonyms) -> Vec<Place> {
    let found = |of, query: &str, pointer: &str, thing, gate| Place {
        thing,
        gates: vec![(gate, thing)],
        ..Place::open(scene, of, query, pointer)
    };
    let own = |of, inner: &str, pointer: &str| {
        found(of, &format!("{{ me {{ {inner} }} }}"), &format!("/me{pointer}"), Thing::Own, PUPIL)
    };
    let named =
        |id: &str, thing, gate| found("User", &format!("{{ user(id: \"{id}\") {{ HOLE }} }}"), "/user", thing, gate);
    let proposals = |of, inner: &str, pointer: &str| {
        let query = format!("{{ mergeProposals(first: 1) {{ {inner} }} }}");
        found(of, &query, &format!("/mergeProposals{pointer}"), Thing::Nothing, PROPOSALS)
    };
    let candidate = |of, inner: &str, pointer: &str| {
        let inner = format!("edges {{ node {{ older {{ {inner} }} }} }}");
        proposals(of, &inner, &format!("/edges/0/node/older{pointer}"))
    };
    vec![
        found("User", "{ me { HOLE } }", "/me", Thing::Me, PUPIL),
        found("User", "{ me { children { HOLE } } }", "/me/children/0", Thing::Child, PUPIL),
        named(&pseudonyms.pupil, Thing::Named, PUPIL),
        named(&pseudonyms.author, Thing::NamedAuthor, STAFF),
        own("Authorisation", "authorisations { HOLE }", "/authorisations/0"),
        own("Departure", "departure { HOLE }", "/departure"),
        own("Identity", "identities { HOLE }", "/identities/0"),
        own("Merge", "merges { HOLE }", "/merges/0"),
        Place::open(scene, "IdentityProvider", "{ identityProviders { HOLE } }", "/identityProviders/0"),
        found("Client", "{ clients { HOLE } }", "/clients/0", Thing::Nothing, CLIENTS),
        proposals("MergeProposalConnection", "HOLE", ""),
        proposals("MergeProposalEdge", "edges { HOLE }", "/edges/0"),
        proposals("MergeProposal", "edges { node { HOLE } }", "/edges/0/node"),
        candidate("MergeCandidate", "HOLE", ""),
        candidate("Affiliation", "affiliations { HOLE }", "/affiliations/0"),
    ]
}

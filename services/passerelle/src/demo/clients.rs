//! The clients that the demonstration can make tokens for: portals and a dashboard in their territories, vendors in their
//! ENT.

use super::projects;

/// A machine client of the demonstration.
#[derive(Debug)]
pub(crate) struct Client {
    /// Its name.
    pub(crate) id: &'static str,
    /// Territories that its rights reach.
    pub(crate) territories: &'static [&'static str],
    /// ENT projects that its rights reach.
    pub(crate) projects: &'static [&'static str],
    /// What it may do beside reading what is in its reach.
    pub(crate) scopes: &'static [&'static str],
}

/// What a vendor does: it declares its deployments, pushes productions, and reads who uses its ENT.
const VENDOR: &[&str] = &["deployments:write", "productions:write", "users:read"];

const fn in_territory(id: &'static str, territories: &'static [&'static str]) -> Client {
    Client { id, territories, projects: &[], scopes: &[] }
}

const fn vendor(id: &'static str, projects: &'static [&'static str]) -> Client {
    Client { id, territories: &[], projects, scopes: VENDOR }
}

/// Every client. None reads exact counts of people: the demonstration withholds what an installation withholds.
pub(crate) const ALL: &[Client] = &[
    in_territory("portail-bordeaux", &["ACA-04"]),
    in_territory("portail-region", &["REG-75"]),
    in_territory("tableau-region", &["REG-75"]),
    vendor("editeur-alienor", &[projects::ALIENOR]),
    vendor("editeur-argos", &[projects::ARGOS]),
];

/// The client of this name.
pub(crate) fn find(id: &str) -> Option<&'static Client> {
    ALL.iter().find(|client| client.id == id)
}

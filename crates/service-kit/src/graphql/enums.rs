//! Enums that several services' schemas hold: the kernel's words with their GraphQL descriptions.

use async_graphql::Enum;

/// What an establishment is, by the directory's own typology (`Type_etablissement`); `nature` is finer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "kernel::EstablishmentKind")]
pub enum EstablishmentKind {
    /// École (maternelle, élémentaire, primaire).
    Ecole,
    /// Collège.
    College,
    /// Lycée of any kind, and its sections.
    Lycee,
    /// Établissement régional d'enseignement adapté.
    Erea,
    /// Médico-social establishment.
    MedicoSocial,
    /// Rectorat, DSDEN, circonscription and other services.
    ServiceAdministratif,
    /// Centre d'information et d'orientation.
    InformationOrientation,
    /// What the directory itself calls « Autre ».
    Autre,
}

/// Degree of teaching: écoles are of the first, collèges and lycées of the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "kernel::Degree")]
pub enum Degree {
    /// Premier degré.
    First,
    /// Second degré.
    Second,
}

/// Legal status (`Statut_public_prive`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "kernel::LegalStatus")]
pub enum LegalStatus {
    /// Public.
    Public,
    /// Private, under contract or not.
    Private,
}

/// Level of a territory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "kernel::TerritoryLevel")]
pub enum TerritoryLevel {
    /// France.
    Country,
    /// Région, which is the région académique too.
    Region,
    /// Académie.
    Academy,
    /// Département.
    Department,
    /// Circonscription of an inspector of the first degree (IEN).
    Circonscription,
    /// Intercommunalité (EPCI à fiscalité propre).
    Intercommunalite,
    /// Commune.
    Commune,
}

/// What a person is in an establishment or a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "kernel::Profile")]
pub enum Profile {
    /// Élève.
    Pupil,
    /// Enseignant.
    Teacher,
    /// Responsable légal.
    Guardian,
    /// Personnel de direction, directeur d'école.
    Head,
    /// Vie scolaire.
    SchoolLife,
    /// Professeur documentaliste.
    Librarian,
    /// Other staff of an establishment.
    Staff,
    /// Inspecteur.
    Inspector,
    /// Personnel académique.
    Academic,
    /// Agent d'une collectivité.
    LocalAuthority,
}

/// Cycle of the school curriculum. Cycle 3 spans école and collège.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "Cycle", remote = "kernel::Cycle")]
pub enum Cycle {
    /// PS, MS, GS.
    #[graphql(name = "CYCLE_1")]
    Cycle1,
    /// CP, CE1, CE2.
    #[graphql(name = "CYCLE_2")]
    Cycle2,
    /// CM1, CM2, 6e.
    #[graphql(name = "CYCLE_3")]
    Cycle3,
    /// 5e, 4e, 3e.
    #[graphql(name = "CYCLE_4")]
    Cycle4,
}

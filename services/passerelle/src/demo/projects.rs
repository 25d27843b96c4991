//! The ENT projects that the roadmaps name, and who runs them.

use std::io::{self, Write};

/// Columns of the organisations.
pub(crate) const ORGANISATIONS_HEADER: &str = "organisation;kind;name;territory";
/// Columns of the projects.
pub(crate) const HEADER: &str = "project;name;degrees;owners;vendor;url;succeeded_by";

/// Aliénor, écoles of the académie of Bordeaux.
pub(crate) const ALIENOR: &str = "alienor";
/// Argos, collèges of the académie of Bordeaux.
pub(crate) const ARGOS: &str = "argos";
/// Lycée connecté, lycées of Nouvelle-Aquitaine and collèges that share it.
pub(crate) const LYCEE_CONNECTE: &str = "lycee-connecte";
/// The ENT of the collèges of the académie of Poitiers.
pub(crate) const COLLEGE_POITIERS: &str = "ent-college-poitiers";
/// The ENT of the collèges of Creuse.
pub(crate) const CREUSE: &str = "ent-creuse";
/// The ENT of écoles in the académies of Limoges and Poitiers.
pub(crate) const SOCLE: &str = "ent-socle-1d";
/// The ENT of the écoles of the académie of Montpellier.
pub(crate) const ECOLE_MONTPELLIER: &str = "ent-ecole-montpellier";
/// The ENT of its collèges and lycées.
pub(crate) const SECOND_DEGREE_MONTPELLIER: &str = "ent-2d-montpellier";
/// What replaces it from the rentrée of 2019.
const SECOND_DEGREE_OCCITANIE: &str = "ent-2d-occitanie";

const ORGANISATIONS: &[(&str, &str, &str, &str)] = &[
    ("rectorat-bordeaux", "RECTORAT", "Rectorat de l'académie de Bordeaux", "ACA-04"),
    ("rectorat-limoges", "RECTORAT", "Rectorat de l'académie de Limoges", "ACA-22"),
    ("rectorat-poitiers", "RECTORAT", "Rectorat de l'académie de Poitiers", "ACA-13"),
    ("rectorat-montpellier", "RECTORAT", "Rectorat de l'académie de Montpellier", "ACA-11"),
    ("region-academique-occitanie", "RECTORAT", "Région académique Occitanie", "REG-76"),
    ("region-nouvelle-aquitaine", "REGION", "Région Nouvelle-Aquitaine", "REG-75"),
    ("departement-creuse", "DEPARTEMENT", "Département de la Creuse", "DEP-23"),
];

struct Project {
    id: &'static str,
    name: &'static str,
    degrees: &'static str,
    owners: &'static str,
    succeeded_by: &'static str,
}

const fn project(id: &'static str, name: &'static str, degrees: &'static str, owners: &'static str) -> Project {
    Project { id, name, degrees, owners, succeeded_by: "" }
}

/// A project that succeeds another stands before it.
const PROJECTS: &[Project] = &[
    project(ALIENOR, "Aliénor", "FIRST", "rectorat-bordeaux"),
    project(ARGOS, "Argos", "SECOND", "rectorat-bordeaux"),
    project(LYCEE_CONNECTE, "Lycée connecté", "SECOND", "region-nouvelle-aquitaine"),
    project(COLLEGE_POITIERS, "ENT collège (Poitiers)", "SECOND", "rectorat-poitiers"),
    project(CREUSE, "ENT collège (Creuse)", "SECOND", "departement-creuse"),
    project(SOCLE, "ENT socle 1D", "FIRST", "rectorat-limoges,rectorat-poitiers"),
    project(ECOLE_MONTPELLIER, "ENT école (Montpellier)", "FIRST", "rectorat-montpellier"),
    project(
        SECOND_DEGREE_OCCITANIE,
        "ENT 2D de la région académique Occitanie",
        "SECOND",
        "region-academique-occitanie",
    ),
    Project {
        succeeded_by: SECOND_DEGREE_OCCITANIE,
        ..project(SECOND_DEGREE_MONTPELLIER, "ENT 2D (Montpellier)", "SECOND", "rectorat-montpellier")
    },
];

/// Writes the organisations.
pub(crate) fn write_organisations(out: &mut impl Write) -> io::Result<()> {
    for (id, kind, name, territory) in ORGANISATIONS {
        writeln!(out, "{id};{kind};{name};{territory}")?;
    }
    Ok(())
}

/// Writes the projects. No source names a vendor or an address.
pub(crate) fn write(out: &mut impl Write) -> io::Result<()> {
    for Project { id, name, degrees, owners, succeeded_by } in PROJECTS {
        writeln!(out, "{id};{name};{degrees};{owners};;;{succeeded_by}")?;
    }
    Ok(())
}

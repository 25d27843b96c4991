//! What of the demonstration the callers look at: one production that is shared with the territory's staff, its author, one of
//! its pupils, and people elsewhere.

use testkit::stack::Site;

/// Who is called what by an ENT.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) system: String,
    pub(super) value: String,
}

#[derive(Debug)]
pub(super) struct Scene {
    /// Of an école of the académie of Bordeaux with Aliénor and a collège with Argos.
    pub(super) production: String,
    /// The école; its accounts are declared.
    pub(super) ecole: String,
    /// A teacher of the école.
    pub(super) author: Account,
    /// Place of a pupil of the école among the participants, from 0; five of the école at least share the level.
    pub(super) at: usize,
    pub(super) pupil: Account,
    /// Place of a pupil whose level fewer share, among those of `rare`.
    pub(super) rare: (String, usize),
    /// Everybody sees it.
    pub(super) public: String,
    /// Who keeps the library of another collège of the académie, and takes part in nothing.
    pub(super) colleague: Account,
    /// A guardian of a pupil of another collège of the académie.
    pub(super) guardian: Account,
    /// Another one, who teaches in the académie of Poitiers.
    pub(super) guardian_and_staff: Account,
    /// Who keeps a library in another académie.
    pub(super) far: Account,
}

const PRODUCTION: &str = "SELECT p.id, a.uai, a.person_id, u.number - 1, u.person_id FROM productions.productions p \
    JOIN productions.participants a ON a.production_id = p.id AND a.number = p.author AND a.profile = 'TEACHER' \
    JOIN productions.place_periods e ON e.uai = a.uai AND e.academy_id = 'ACA-04' AND e.kind = 'ECOLE' \
    JOIN productions.participants u ON u.production_id = p.id AND u.uai = a.uai AND u.mefstat4 = '1125' \
    JOIN activation.observations o ON o.uai = a.uai AND o.indicator = 'ACCOUNT_ACTIVATION' AND o.numerator > 20 \
    WHERE p.status = 'PUBLISHED' AND p.audience = 'TERRITORY_STAFF' AND p.crosses_degrees \
    AND p.summary IS NOT NULL AND p.licence IS NOT NULL AND 4 < (SELECT COUNT(*) FROM productions.participants o \
    WHERE o.production_id = p.id AND o.uai = a.uai AND o.mefstat4 = '1125') ORDER BY p.id, u.number LIMIT 1";

const PUBLIC: &str =
    "SELECT id FROM productions.productions WHERE status = 'PUBLISHED' AND audience = 'PUBLIC' ORDER BY id LIMIT 1";

impl Scene {
    pub(super) fn find(site: &Site) -> Self {
        let found = site.psql(PRODUCTION);
        let [production, ecole, author, at, pupil] = columns(&found);
        let rare = site.psql(&format!(
            "SELECT p.id, u.number - 1 FROM productions.productions p \
             JOIN productions.participants u ON u.production_id = p.id AND u.profile = 'PUPIL' AND u.mefstat4 IS NOT NULL \
             JOIN productions.place_periods e ON e.uai = u.uai AND e.academy_id = 'ACA-04' AND e.kind = 'ECOLE' \
             WHERE p.status = 'PUBLISHED' AND p.audience = 'TERRITORY_STAFF' AND p.id <> '{production}' \
             AND 5 > (SELECT COUNT(*) FROM productions.participants o WHERE o.production_id = p.id AND o.uai = u.uai \
             AND o.mefstat4 = u.mefstat4) AND u.mefstat4 IN ('1124', '1125') ORDER BY p.id, u.number LIMIT 1"
        ));
        let [rare, rare_at] = columns(&rare);
        // No person of the demonstration is two things.
        site.psql(
            "INSERT INTO users.affiliations (person_id, school_year, uai, profile, source, classes, groups) \
             SELECT g.person_id, g.school_year, t.uai, 'TEACHER', 'TEST', '[]', '[]' FROM users.affiliations g, users.affiliations t \
             WHERE g.person_id = (SELECT f.person_id FROM users.affiliations f WHERE f.profile = 'GUARDIAN' AND f.source = 'argos' \
             ORDER BY f.person_id DESC LIMIT 1) AND t.person_id = (SELECT f.person_id FROM users.affiliations f \
             WHERE f.profile = 'TEACHER' AND f.source = 'ent-college-poitiers' ORDER BY f.person_id LIMIT 1) \
             AND t.school_year = g.school_year AND g.school_year > '2018-2019'",
        );
        let elsewhere = |profile: &str, system: &str| {
            account(
                site,
                &format!(
                    "i.system = '{system}' AND EXISTS (SELECT 1 FROM users.affiliations f WHERE f.person_id = i.person_id \
                     AND f.profile = '{profile}' AND f.uai NOT IN \
                     (SELECT uai FROM productions.participants WHERE production_id = '{production}'))"
                ),
            )
        };
        let person = |id: &str| account(site, &format!("i.person_id = '{id}'"));
        Self {
            author: person(&author),
            at: at.parse().expect("a number"),
            pupil: person(&pupil),
            rare: (rare, rare_at.parse().expect("a number")),
            colleague: elsewhere("LIBRARIAN", "argos"),
            guardian: elsewhere("GUARDIAN", "argos"),
            guardian_and_staff: account(
                site,
                "EXISTS (SELECT 1 FROM users.affiliations f WHERE f.person_id = i.person_id AND f.source = 'TEST')",
            ),
            far: elsewhere("LIBRARIAN", "ent-college-poitiers"),
            public: columns::<1>(&site.psql(PUBLIC)).concat(),
            production,
            ecole,
        }
    }
}

fn account(site: &Site, which: &str) -> Account {
    let found =
        site.psql(&format!("SELECT i.system, i.value FROM users.identifiers i WHERE {which} ORDER BY i.value LIMIT 1"));
    let [system, value] = columns(&found);
    Account { system, value }
}

fn columns<const N: usize>(row: &str) -> [String; N] {
    let columns: Vec<String> = row.trim().split('|').map(str::to_owned).collect();
    columns.try_into().expect("the demonstration has one")
}

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
    /// Who answers for the pupil by law.
    pub(super) guardian_of_the_pupil: Account,
    /// Who heads the école now.
    pub(super) head: Account,
    /// Who inspects the circonscription of the école now.
    pub(super) inspector: Account,
    /// Who administers the installation, and keeps a library far away.
    pub(super) administrator: Account,
    /// Of the pupil and another, for somebody to decide.
    pub(super) proposal: String,
    /// Of somebody into the pupil.
    pub(super) merge: String,
}

/// Where the pupil has an account, and the configuration that says so.
pub(super) const PROVIDER: &str = "[[users.providers]]\nid = \"guichet\"\nname = \"Guichet\"\nissuer = \"http://127.0.0.1:9\"\n\
    client_id = \"passerelle\"\nfor = [\"eleves\"]\n";

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
        let nth_elsewhere = |nth: usize, profile: &str, system: &str| {
            account_after(
                site,
                nth,
                &format!(
                    "i.system = '{system}' AND EXISTS (SELECT 1 FROM users.affiliations f WHERE f.person_id = i.person_id \
                     AND f.profile = '{profile}' AND f.uai NOT IN \
                     (SELECT uai FROM productions.participants WHERE production_id = '{production}'))"
                ),
            )
        };
        let elsewhere = |profile: &str, system: &str| nth_elsewhere(0, profile, system);
        let person = |id: &str| account(site, &format!("i.person_id = '{id}'"));
        let [guardian_of_the_pupil, head, inspector] = [0, 1, 2].map(|nth| nth_elsewhere(nth, "GUARDIAN", "alienor"));
        let administrator = nth_elsewhere(1, "LIBRARIAN", "ent-college-poitiers");
        works(site, &head, "HEAD", &ecole);
        works(site, &inspector, "INSPECTOR", &office_of(site, &ecole));
        site.psql(&format!(
            "INSERT INTO users.administrators VALUES ('{}', '{}', now())",
            administrator.system, administrator.value
        ));
        let (proposal, merge) = own_things(site, &pupil, &guardian_of_the_pupil);
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
            guardian_of_the_pupil,
            head,
            inspector,
            administrator,
            proposal,
            merge,
            public: columns::<1>(&site.psql(PUBLIC)).concat(),
            production,
            ecole,
        }
    }
}

/// Gives somebody a place of work in the present school year.
fn works(site: &Site, who: &Account, profile: &str, uai: &str) {
    site.psql(&format!(
        "INSERT INTO users.affiliations (person_id, school_year, uai, profile, source, classes, groups) \
         SELECT person_id, (SELECT MAX(school_year) FROM users.affiliations), '{uai}', '{profile}', 'OFFICE', '[]', '[]' \
         FROM users.identifiers WHERE system = '{}' AND value = '{}'",
        who.system, who.value
    ));
}

/// The office by whose UAI an école's circonscription is called.
fn office_of(site: &Site, ecole: &str) -> String {
    let circonscription = site.psql(&format!(
        "SELECT circonscription_id FROM users.place_periods WHERE uai = '{ecole}' ORDER BY ordinal DESC LIMIT 1"
    ));
    circonscription.trim().strip_prefix("CIR-").expect("a circonscription is called by its office").to_owned()
}

/// What no person of the demonstration has: the pupil, a minor, gets one of each, and somebody who answers for them. A proposal and
/// a merge.
fn own_things(site: &Site, pupil: &str, guardian: &Account) -> (String, String) {
    let Account { system, value } = guardian;
    let twin = "(SELECT person_id FROM users.affiliations WHERE profile = 'PUPIL' AND person_id <> '{pupil}' ORDER BY person_id LIMIT 1)"
        .replace("{pupil}", pupil);
    site.psql(&format!(
        "UPDATE users.people SET birth_date = CURRENT_DATE - 3700 WHERE person_id IN ('{pupil}', {twin}); \
         INSERT INTO users.ties VALUES ('{pupil}', 'TEST', '{system}', '{value}', '10', TRUE); \
         INSERT INTO users.identifiers (system, value, person_id, source, attached_at, last_used_at) \
         VALUES ('oidc:guichet', 'eleve-1', '{pupil}', 'oidc:guichet', now(), now()); \
         INSERT INTO users.authorisations \
         VALUES (gen_random_uuid(), '{pupil}', 'PUBLICATION', TRUE, CURRENT_DATE + 30, '{pupil}', now(), now()); \
         INSERT INTO users.departures VALUES ('{pupil}', CURRENT_DATE, CURRENT_DATE + 92); \
         INSERT INTO users.clients \
         VALUES ('portail-test', 'Portail', 'none', '[\"users:read\"]', '{{\"territories\": [\"ACA-04\"]}}', NULL, now(), now())"
    ));
    let proposal = site.psql(&format!(
        "INSERT INTO users.proposals VALUES (gen_random_uuid(), '{pupil}', {twin}, 'BIRTH_DATE_NAMES', 'names the same', now()) \
         RETURNING proposal_id"
    ));
    let merge = site.psql(&format!(
        "WITH other AS (INSERT INTO users.people (person_id, pseudonym_key, created_at, updated_at) \
         VALUES (gen_random_uuid(), 1, now(), now()) RETURNING person_id), \
         led AS (INSERT INTO users.redirects SELECT person_id, '{pupil}' FROM other) \
         INSERT INTO users.merges SELECT gen_random_uuid(), person_id, '{pupil}', 'INE_BIRTH_DATE_NAMES', 'INE the same', now() \
         FROM other RETURNING merge_id"
    ));
    (proposal.trim().to_owned(), merge.trim().to_owned())
}

fn account(site: &Site, which: &str) -> Account {
    account_after(site, 0, which)
}

/// The one after so many others.
fn account_after(site: &Site, others: usize, which: &str) -> Account {
    let found = site.psql(&format!(
        "SELECT i.system, i.value FROM users.identifiers i WHERE {which} ORDER BY i.value LIMIT 1 OFFSET {others}"
    ));
    let [system, value] = columns(&found);
    Account { system, value }
}

fn columns<const N: usize>(row: &str) -> [String; N] {
    let columns: Vec<String> = row.trim().split('|').map(str::to_owned).collect();
    columns.try_into().expect("the demonstration has one")
}

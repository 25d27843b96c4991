-- Numbers given in the order of commits (db::next_sequence).
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- What other services are told (db::outbox).
CREATE TABLE outbox (
    seq BIGINT PRIMARY KEY,
    aggregate TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload JSONB NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL
);

-- How far the events of each source have been applied (db::outbox).
CREATE TABLE inbox_offsets (
    source TEXT PRIMARY KEY,
    seq BIGINT NOT NULL
);

-- This service's own picture of the directory, kept by events: which establishments there are, what they are and where.
CREATE TABLE places (
    uai TEXT PRIMARY KEY,
    opened_on DATE,
    closed_on DATE
);
CREATE TABLE place_periods (
    uai TEXT NOT NULL REFERENCES places (uai),
    ordinal BIGINT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    kind TEXT,
    nature TEXT,
    legal_status TEXT,
    region_id TEXT,
    academy_id TEXT,
    department_id TEXT,
    circonscription_id TEXT,
    intercommunalite_id TEXT,
    commune_id TEXT,
    PRIMARY KEY (uai, ordinal)
);
CREATE INDEX places_by_region ON place_periods (region_id, kind);
CREATE INDEX places_by_academy ON place_periods (academy_id, kind);
CREATE INDEX places_by_department ON place_periods (department_id, kind);
CREATE INDEX places_by_circonscription ON place_periods (circonscription_id, kind);
CREATE INDEX places_by_intercommunalite ON place_periods (intercommunalite_id, kind);
CREATE INDEX places_by_commune ON place_periods (commune_id, kind);

-- Deployments of ENT projects, kept by events. Provenance is a rank: 0 SIMULATED, 1 DERIVED, 2 DECLARED, 3 OFFICIAL.
CREATE TABLE place_deployments (
    uai TEXT NOT NULL,
    project_id TEXT NOT NULL,
    school_year TEXT NOT NULL,
    status TEXT NOT NULL,
    observed_on DATE,
    provenance BIGINT NOT NULL,
    source TEXT,
    PRIMARY KEY (uai, project_id, school_year)
);
CREATE INDEX deployments_by_year ON place_deployments (school_year, project_id, uai);

-- Who delivers events here now, and until when (events::lease).
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- People by an internal id that no client ever sees.
CREATE TABLE people (
    person_id UUID PRIMARY KEY,
    given_name TEXT,
    family_name TEXT,
    -- Which generation of the pseudonym key this person's pseudonyms are made with: a later one changes none that exist.
    pseudonym_key BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

-- What other systems call them.
CREATE TABLE identifiers (
    system TEXT NOT NULL,
    value TEXT NOT NULL,
    person_id UUID NOT NULL REFERENCES people (person_id),
    source TEXT NOT NULL,
    attached_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (system, value)
);
CREATE INDEX identifiers_by_person ON identifiers (person_id);

-- What a person is, where, in a school year, as a source tells it. Classes and groups are lists of names.
CREATE TABLE affiliations (
    person_id UUID NOT NULL REFERENCES people (person_id),
    school_year TEXT NOT NULL,
    uai TEXT NOT NULL,
    profile TEXT NOT NULL,
    source TEXT NOT NULL,
    mefstat4 TEXT,
    classes JSONB NOT NULL,
    groups JSONB NOT NULL,
    PRIMARY KEY (person_id, school_year, uai, profile, source)
);
CREATE INDEX affiliations_by_place ON affiliations (uai, school_year);

-- Every merge with its reason; undone ones stay.
CREATE TABLE merges (
    merge_id UUID PRIMARY KEY,
    from_id UUID NOT NULL REFERENCES people (person_id),
    into_id UUID NOT NULL REFERENCES people (person_id),
    rule TEXT NOT NULL,
    evidence TEXT NOT NULL,
    merged_at TIMESTAMPTZ NOT NULL,
    undone_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX one_merge_of_each ON merges (from_id) WHERE undone_at IS NULL;
CREATE INDEX merges_by_into ON merges (into_id) WHERE undone_at IS NULL;

-- Where lookups of a person lead, for those of whom that is another.
CREATE TABLE redirects (
    person_id UUID PRIMARY KEY REFERENCES people (person_id),
    canonical_id UUID NOT NULL REFERENCES people (person_id)
);
CREATE INDEX redirects_by_canonical ON redirects (canonical_id);

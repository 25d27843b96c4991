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

-- What this service knows of people, kept by events: levels for the cycles, redirects for merges. No names.
CREATE TABLE person_affiliations (
    person_id UUID NOT NULL,
    ordinal BIGINT NOT NULL,
    school_year TEXT NOT NULL,
    uai TEXT NOT NULL,
    profile TEXT NOT NULL,
    mefstat4 TEXT,
    PRIMARY KEY (person_id, ordinal)
);
CREATE TABLE person_redirects (
    person_id UUID PRIMARY KEY,
    canonical_id UUID NOT NULL
);
CREATE INDEX redirects_by_canonical ON person_redirects (canonical_id);

CREATE TABLE productions (
    id UUID PRIMARY KEY,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    summary TEXT,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    audience TEXT NOT NULL,
    licence TEXT,
    school_year TEXT NOT NULL,
    -- The first day after the school year: which period of an establishment counts.
    year_ends_on DATE NOT NULL,
    -- One bit for each cycle: 1, 2, 4, 8.
    cycles BIGINT NOT NULL,
    unknown_level_pupils BIGINT NOT NULL,
    crosses_degrees BOOLEAN NOT NULL,
    -- The participant who opened it.
    author BIGINT NOT NULL,
    -- The last version; 0 before the first is saved.
    last_version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    published_at TIMESTAMPTZ
);
CREATE INDEX shared_by_date ON productions (published_at, id) WHERE published_at IS NOT NULL;
CREATE INDEX shared_by_title ON productions (title_folded, id) WHERE published_at IS NOT NULL;

-- Who takes part, numbered within the production. Level and degree are those of the first contribution and stay.
CREATE TABLE participants (
    production_id UUID NOT NULL REFERENCES productions (id),
    number BIGINT NOT NULL,
    -- Place among those of the same label: "Élève 3".
    ordinal BIGINT NOT NULL,
    person_id UUID NOT NULL,
    profile TEXT NOT NULL,
    role TEXT NOT NULL,
    uai TEXT NOT NULL,
    mefstat4 TEXT,
    joined_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (production_id, number),
    UNIQUE (production_id, person_id)
);
CREATE INDEX participants_by_person ON participants (person_id);
CREATE INDEX participants_by_place ON participants (uai, production_id);

-- Every save is a version; its content lies in the object store under its SHA-256, once for each format.
CREATE TABLE versions (
    production_id UUID NOT NULL REFERENCES productions (id),
    number BIGINT NOT NULL,
    saved_by BIGINT NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (production_id, number)
);
CREATE TABLE contents (
    production_id UUID NOT NULL,
    version BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    format TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (production_id, version, ordinal),
    UNIQUE (production_id, version, format),
    FOREIGN KEY (production_id, version) REFERENCES versions (production_id, number)
);

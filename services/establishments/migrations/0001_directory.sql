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

-- Country, régions, académies, départements, circonscriptions, intercommunalités, communes.
CREATE TABLE territories (
    id TEXT PRIMARY KEY,
    level TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    zone TEXT,
    parent_id TEXT REFERENCES territories (id)
);
CREATE INDEX territories_by_level ON territories (level, name_folded, id);
CREATE INDEX territories_by_parent ON territories (parent_id, level, name_folded, id);

-- A commune lies in one intercommunalité at most.
CREATE TABLE commune_intercommunalites (
    commune_id TEXT PRIMARY KEY REFERENCES territories (id),
    intercommunalite_id TEXT NOT NULL REFERENCES territories (id)
);
CREATE INDEX communes_by_intercommunalite ON commune_intercommunalites (intercommunalite_id, commune_id);

CREATE TABLE establishments (
    uai TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    opened_on DATE,
    closed_on DATE,
    -- The newest line date that was taken in: an older file changes nothing.
    seen_as_of DATE NOT NULL,
    -- Place in the order of changes (establishmentChanges).
    change_seq BIGINT NOT NULL
);
CREATE UNIQUE INDEX establishments_by_change ON establishments (change_seq);

-- What an establishment was called, was and belonged to, from valid_from (null: since ever) until before valid_to (null: still).
CREATE TABLE establishment_periods (
    uai TEXT NOT NULL REFERENCES establishments (uai),
    ordinal BIGINT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    kind TEXT,
    kind_code TEXT,
    nature TEXT,
    legal_status TEXT,
    pupils BIGINT,
    commune_id TEXT REFERENCES territories (id),
    commune_folded TEXT NOT NULL,
    circonscription_id TEXT REFERENCES territories (id),
    department_id TEXT REFERENCES territories (id),
    academy_id TEXT REFERENCES territories (id),
    region_id TEXT REFERENCES territories (id),
    PRIMARY KEY (uai, ordinal)
);
CREATE UNIQUE INDEX current_period ON establishment_periods (uai) WHERE valid_to IS NULL;
CREATE INDEX current_by_name ON establishment_periods (name_folded, uai) WHERE valid_to IS NULL;
CREATE INDEX current_by_commune ON establishment_periods (commune_id, name_folded, uai) WHERE valid_to IS NULL;
CREATE INDEX current_by_circonscription ON establishment_periods (circonscription_id, name_folded, uai) WHERE valid_to IS NULL;
CREATE INDEX current_by_department ON establishment_periods (department_id, name_folded, uai) WHERE valid_to IS NULL;
CREATE INDEX current_by_academy ON establishment_periods (academy_id, name_folded, uai) WHERE valid_to IS NULL;
CREATE INDEX current_by_region ON establishment_periods (region_id, name_folded, uai) WHERE valid_to IS NULL;

-- One UAI may stand on several rows of the directory: annexes, several addresses.
CREATE TABLE sites (
    uai TEXT NOT NULL REFERENCES establishments (uai),
    ordinal BIGINT NOT NULL,
    name TEXT,
    address TEXT,
    postal_code TEXT,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    PRIMARY KEY (uai, ordinal)
);

-- Who acts: rectorats, collectivités, vendors. Not territories.
CREATE TABLE organisations (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    territory_id TEXT REFERENCES territories (id)
);

CREATE TABLE ent_projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT,
    first_degree BOOLEAN NOT NULL,
    second_degree BOOLEAN NOT NULL,
    vendor_id TEXT REFERENCES organisations (id),
    succeeded_by TEXT REFERENCES ent_projects (id)
);

CREATE TABLE ent_project_owners (
    project_id TEXT NOT NULL REFERENCES ent_projects (id),
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (project_id, organisation_id)
);

-- An ENT in an establishment in a school year.
CREATE TABLE deployments (
    uai TEXT NOT NULL REFERENCES establishments (uai),
    project_id TEXT NOT NULL REFERENCES ent_projects (id),
    school_year TEXT NOT NULL,
    status TEXT NOT NULL,
    opened_on DATE,
    closed_on DATE,
    observed_on DATE,
    provenance TEXT NOT NULL,
    source TEXT,
    PRIMARY KEY (uai, project_id, school_year)
);
CREATE INDEX deployments_by_project ON deployments (project_id, school_year, uai);

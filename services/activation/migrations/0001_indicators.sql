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

-- What was observed of an establishment in a school year: a status, or a pair of counts.
CREATE TABLE observations (
    indicator TEXT NOT NULL,
    uai TEXT NOT NULL,
    school_year TEXT NOT NULL,
    status TEXT,
    numerator DOUBLE PRECISION,
    denominator DOUBLE PRECISION,
    observed_on DATE,
    provenance BIGINT NOT NULL,
    source TEXT,
    PRIMARY KEY (indicator, school_year, uai)
);
CREATE INDEX observations_by_uai ON observations (uai, school_year);

-- What is aimed at, in the source's own words.
CREATE TABLE targets (
    id TEXT PRIMARY KEY,
    indicator TEXT NOT NULL,
    territory_id TEXT NOT NULL,
    applies_below BOOLEAN NOT NULL,
    -- The perimeter in its one spelling (domain::Perimeter::spelling).
    perimeter TEXT NOT NULL,
    kind TEXT NOT NULL,
    value DOUBLE PRECISION,
    unit TEXT,
    due_on DATE,
    baseline DOUBLE PRECISION,
    wording TEXT,
    source TEXT
);
CREATE INDEX targets_by_territory ON targets (territory_id, indicator);

-- A date of birth, and what people of the same names and date of birth have in common: a keyed hash, which finds them and tells
-- nothing.
ALTER TABLE people ADD COLUMN birth_date DATE;
ALTER TABLE people ADD COLUMN match_key TEXT;
CREATE INDEX people_by_match_key ON people (match_key) WHERE match_key IS NOT NULL;

-- Since when and until when a system calls a person so; a login at a provider uses one.
ALTER TABLE identifiers ADD COLUMN valid_to DATE;
ALTER TABLE identifiers ADD COLUMN last_used_at TIMESTAMPTZ;

-- What is told no more has ended; it stays, as what was.
ALTER TABLE affiliations ADD COLUMN began_on DATE;
ALTER TABLE affiliations ADD COLUMN ended_on DATE;

-- INE and mail: found by a keyed hash, kept sealed beside it. Neither is a key: two people may have the same.
CREATE TABLE traits (
    person_id UUID NOT NULL REFERENCES people (person_id),
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    source TEXT NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (person_id, kind, hash, source)
);
CREATE INDEX traits_by_hash ON traits (kind, hash);

-- Who answers for a pupil, by what the source calls them: they may be told later than the pupil.
CREATE TABLE ties (
    child_id UUID NOT NULL REFERENCES people (person_id),
    source TEXT NOT NULL,
    system TEXT NOT NULL,
    value TEXT NOT NULL,
    relation TEXT,
    legal BOOLEAN NOT NULL,
    PRIMARY KEY (child_id, source, system, value)
);
CREATE INDEX ties_by_guardian ON ties (system, value);

-- Two people who may be one, for a human to decide. Which of the two stands first says nothing.
CREATE TABLE proposals (
    proposal_id UUID PRIMARY KEY,
    one_id UUID NOT NULL REFERENCES people (person_id),
    other_id UUID NOT NULL REFERENCES people (person_id),
    rule TEXT NOT NULL,
    evidence TEXT NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    accepted BOOLEAN,
    decided_by UUID
);
CREATE UNIQUE INDEX proposals_by_pair ON proposals (one_id, other_id);
CREATE INDEX proposals_by_other ON proposals (other_id);

-- What a feed told last of each of its people: the attributes that are used, sealed, for a delta that changes some of them; and a
-- digest of what was made of them, so that what is told again is not looked at twice.
CREATE TABLE feed_records (
    source TEXT NOT NULL,
    record_key TEXT NOT NULL,
    category TEXT NOT NULL,
    person_id UUID NOT NULL REFERENCES people (person_id),
    school_year TEXT NOT NULL,
    digest TEXT NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (source, record_key)
);
CREATE INDEX feed_records_by_person ON feed_records (person_id);

-- What a feed calls establishments and levels.
CREATE TABLE feed_structures (
    source TEXT NOT NULL,
    structure_key TEXT NOT NULL,
    uai TEXT,
    name TEXT,
    PRIMARY KEY (source, structure_key)
);
CREATE TABLE feed_levels (
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    mefstat4 TEXT NOT NULL,
    PRIMARY KEY (source, code)
);

-- How far a directory has been read.
CREATE TABLE feed_cursors (
    source TEXT PRIMARY KEY,
    position TEXT NOT NULL,
    read_at TIMESTAMPTZ NOT NULL
);

-- Who administers this installation, by what a system calls them: before or after they are known here.
CREATE TABLE administrators (
    system TEXT NOT NULL,
    value TEXT NOT NULL,
    granted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (system, value)
);

-- Machine clients: the secret as a hash alone.
CREATE TABLE clients (
    client_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    scopes JSONB NOT NULL,
    perimeter JSONB NOT NULL,
    registered_by UUID,
    registered_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);

-- What was authorised or objected to for a person, and by whom. Withdrawn ones stay.
CREATE TABLE authorisations (
    authorisation_id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES people (person_id),
    purpose TEXT NOT NULL,
    granted BOOLEAN NOT NULL,
    until DATE,
    recorded_by UUID NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ
);
CREATE INDEX authorisations_by_person ON authorisations (person_id);

-- Who has left: told on a day, erased on another.
CREATE TABLE departures (
    person_id UUID PRIMARY KEY REFERENCES people (person_id),
    noticed_on DATE NOT NULL,
    erase_on DATE NOT NULL
);
CREATE INDEX departures_by_day ON departures (erase_on);

-- That somebody was erased, when and why: nobody can be known by it again.
CREATE TABLE erasures (
    erasure_id UUID PRIMARY KEY,
    reason TEXT NOT NULL,
    erased_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE inbox_offsets (
    source TEXT PRIMARY KEY,
    seq BIGINT NOT NULL
);
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
-- What each thing is worth now, and how often it was written.
CREATE TABLE things (
    id TEXT PRIMARY KEY,
    value BIGINT NOT NULL,
    times BIGINT NOT NULL
);
-- Every event that was applied, in the order in which it was.
CREATE TABLE journal (
    position BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL
);

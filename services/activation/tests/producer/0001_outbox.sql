-- The producer's half of db::outbox, for tests that append events as another service would.
CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
CREATE TABLE outbox (
    seq BIGINT PRIMARY KEY,
    aggregate TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload JSONB NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL
);

-- A merge is kept as it was given: the same person may stand in several.
DROP INDEX one_merge_of_each;
CREATE INDEX merges_by_from ON merges (from_id) WHERE undone_at IS NULL;

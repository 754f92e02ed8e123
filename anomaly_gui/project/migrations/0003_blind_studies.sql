-- The samples that reviewers judge blindly, and which time a reviewer judges one.
CREATE TABLE blind_study (
    id           INTEGER PRIMARY KEY,
    run          INTEGER NOT NULL REFERENCES run (id),
    seed         INTEGER NOT NULL,
    trials       INTEGER NOT NULL CHECK (trials >= 1),
    images       TEXT NOT NULL,                 -- JSON: ids
    started_utc  TEXT NOT NULL,
    finished_utc TEXT
) STRICT;
ALTER TABLE judgement ADD COLUMN trial INTEGER NOT NULL DEFAULT 1;

-- Version 1 of a project's database. Later versions are reached by migrations/*.sql.
-- The journal (event) is what happened; every other table but place is a fold of it.

CREATE TABLE event (
    seq           INTEGER PRIMARY KEY,          -- 1, 2, 3 … without gaps
    operation     INTEGER NOT NULL,             -- seq of the operation's first event
    field         TEXT NOT NULL,                -- what changed; "operation" opens an operation
    image         INTEGER,
    run           INTEGER,
    old           TEXT NOT NULL,                -- JSON, ASCII
    new           TEXT NOT NULL,                -- JSON, ASCII
    reason        TEXT NOT NULL,
    time_utc      TEXT NOT NULL,                -- ISO 8601, milliseconds, Z
    who           TEXT NOT NULL,
    image_sha256  TEXT,
    previous_hash TEXT NOT NULL,
    hash          TEXT NOT NULL
) STRICT;

CREATE INDEX event_opening ON event (seq) WHERE field = 'operation';
CREATE INDEX event_of_image ON event (image) WHERE image IS NOT NULL;

CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER event_never_goes BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER event_follows_the_last BEFORE INSERT ON event
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
BEGIN
    SELECT RAISE(ABORT, 'the journal has no gaps');
END;

CREATE TABLE image (
    id             INTEGER PRIMARY KEY,
    path           BLOB NOT NULL UNIQUE,        -- os.fsencode: names need not be UTF-8
    sha256         TEXT NOT NULL,
    pixel_sha256   TEXT NOT NULL,
    file_bytes     INTEGER NOT NULL,
    format         TEXT NOT NULL,
    width          INTEGER NOT NULL,
    height         INTEGER NOT NULL,
    channels       INTEGER NOT NULL CHECK (channels IN (1, 3)),
    bit_depth      INTEGER NOT NULL CHECK (bit_depth IN (8, 16)),
    peak           INTEGER NOT NULL,
    split          TEXT NOT NULL CHECK (split IN ('train', 'test')),
    label          TEXT NOT NULL CHECK (label IN ('good', 'defect', 'unlabelled')),
    defect_type    TEXT CHECK (defect_type IS NULL OR label = 'defect'),
    mask_path      BLOB,
    verdict        TEXT CHECK (verdict IN ('confirmed', 'relabelled', 'unsure')),
    verdict_reason TEXT,
    comment        TEXT NOT NULL DEFAULT '',
    excluded       INTEGER NOT NULL DEFAULT 0 CHECK (excluded IN (0, 1))
) STRICT;

CREATE TABLE run (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,          -- also its folder under runs/
    detector     TEXT NOT NULL,
    preset       TEXT NOT NULL,
    seed         INTEGER NOT NULL,
    settings     TEXT NOT NULL,                 -- JSON
    status       TEXT NOT NULL CHECK
        (status IN ('running', 'paused', 'finished', 'cancelled', 'failed', 'interrupted')),
    created_utc  TEXT NOT NULL,
    finished_utc TEXT,
    message      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE role (
    run   INTEGER NOT NULL REFERENCES run (id),
    image INTEGER NOT NULL REFERENCES image (id),
    role  TEXT NOT NULL CHECK (role IN ('train', 'validation', 'test')),
    PRIMARY KEY (run, image)
) STRICT, WITHOUT ROWID;

CREATE TABLE threshold (
    run       INTEGER PRIMARY KEY REFERENCES run (id),
    value     REAL NOT NULL,
    rule      TEXT NOT NULL,
    parameter REAL
) STRICT;

CREATE TABLE export (
    id        INTEGER PRIMARY KEY,
    run       INTEGER NOT NULL REFERENCES run (id),
    path      BLOB NOT NULL,
    sha256    TEXT NOT NULL,
    time_utc  TEXT NOT NULL,
    value     REAL NOT NULL,
    rule      TEXT NOT NULL,
    parameter REAL
) STRICT;

-- Where the engineer was: window state, not journalled.
CREATE TABLE place (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL                         -- JSON
) STRICT;

-- "Unsure" as a label, the date of a file, defect types as things of their own, and what is settled once for
-- the whole project. The table of images is made anew: SQLite changes no CHECK in place.
CREATE TABLE image_4 (
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
    label          TEXT NOT NULL CHECK (label IN ('good', 'defect', 'unlabelled', 'unsure')),
    defect_type    TEXT CHECK (defect_type IS NULL OR label = 'defect'),
    mask_path      BLOB,                        -- relative to the project's folder if drawn in the program
    verdict        TEXT CHECK (verdict IN ('confirmed', 'relabelled', 'unsure')),
    verdict_reason TEXT,
    comment        TEXT NOT NULL DEFAULT '',
    excluded       INTEGER NOT NULL DEFAULT 0 CHECK (excluded IN (0, 1)),
    locked         INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
    modified_ns    INTEGER                      -- the file's date when its content was last seen; not journalled
) STRICT;
INSERT INTO image_4
SELECT id, path, sha256, pixel_sha256, file_bytes, format, width, height, channels, bit_depth, peak, split, label,
       defect_type, mask_path, verdict, verdict_reason, comment, excluded, locked, NULL
FROM image;
DROP TABLE image;
ALTER TABLE image_4 RENAME TO image;

CREATE TABLE defect_type (
    name     TEXT PRIMARY KEY,
    colour   TEXT NOT NULL,                     -- #rrggbb
    key      INTEGER CHECK (key BETWEEN 1 AND 9),
    position INTEGER NOT NULL                   -- the user's order
) STRICT;

-- One value each for the whole project: region, watched_folders.
CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL                         -- JSON
) STRICT;

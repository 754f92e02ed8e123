-- A second line, what a rule was told beside its parameter, thresholds of pixels, scoring changed after
-- training, a locked share of the test images, and blind re-review.
ALTER TABLE threshold ADD COLUMN recheck REAL;
ALTER TABLE threshold ADD COLUMN defect_type TEXT;
ALTER TABLE threshold ADD COLUMN miss_price REAL;
ALTER TABLE threshold ADD COLUMN alarm_price REAL;
ALTER TABLE threshold ADD COLUMN defect_rate REAL;
ALTER TABLE export ADD COLUMN recheck REAL;
ALTER TABLE export ADD COLUMN defect_type TEXT;
ALTER TABLE export ADD COLUMN miss_price REAL;
ALTER TABLE export ADD COLUMN alarm_price REAL;
ALTER TABLE export ADD COLUMN defect_rate REAL;
ALTER TABLE image ADD COLUMN locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1));

CREATE TABLE pixel_threshold (
    run       INTEGER PRIMARY KEY REFERENCES run (id),
    value     REAL NOT NULL,
    rule      TEXT NOT NULL,
    parameter REAL
) STRICT;

-- Scoring settings that differ from those that the run was trained with.
CREATE TABLE scoring (
    run      INTEGER PRIMARY KEY REFERENCES run (id),
    settings TEXT NOT NULL                      -- JSON
) STRICT;

-- Each time that the figures of the locked test images were looked at.
CREATE TABLE reveal (
    id       INTEGER PRIMARY KEY,
    run      INTEGER NOT NULL REFERENCES run (id),
    time_utc TEXT NOT NULL,
    figures  TEXT NOT NULL                      -- JSON
) STRICT;

-- What a reviewer said of an image without seeing its label or score.
CREATE TABLE judgement (
    id       INTEGER PRIMARY KEY,
    study    INTEGER NOT NULL,                  -- judgements of one sample belong together
    image    INTEGER NOT NULL REFERENCES image (id),
    reviewer TEXT NOT NULL,
    answer   TEXT NOT NULL CHECK (answer IN ('good', 'defect', 'unsure')),
    time_utc TEXT NOT NULL
) STRICT;
CREATE INDEX judgement_of_study ON judgement (study, reviewer);

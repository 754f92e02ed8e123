-- A project that format 1 wrote: labels, two thresholds of which one was undone, a verdict and an export.
BEGIN TRANSACTION;
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
INSERT INTO "event" VALUES(1,1,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Imported 6 images","target":null}','','2026-11-02T08:00:00.000Z','engineer',NULL,'0000000000000000000000000000000000000000000000000000000000000000','01a4999d57a943a81e82aa45bbf39a930f99a56fd824acfc39a4fa44709527fa');
INSERT INTO "event" VALUES(2,1,'image',1,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1001,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_1.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca01","sha256":"0000000000000000000000000000000000000000000000000000000000000001","split":"train","width":64}','','2026-11-02T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000001','01a4999d57a943a81e82aa45bbf39a930f99a56fd824acfc39a4fa44709527fa','8f442b1469bfb4d250b8b44ce5be31e82c44be9fb8f2f90f680af2f4f082902b');
INSERT INTO "event" VALUES(3,1,'image',2,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1002,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_2.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca02","sha256":"0000000000000000000000000000000000000000000000000000000000000002","split":"train","width":64}','','2026-11-02T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000002','8f442b1469bfb4d250b8b44ce5be31e82c44be9fb8f2f90f680af2f4f082902b','9133e21fbc3abc7f13a5d66be21252aee460fd12ece469b40505583599e38238');
INSERT INTO "event" VALUES(4,1,'image',3,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1003,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_3.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca03","sha256":"0000000000000000000000000000000000000000000000000000000000000003","split":"train","width":64}','','2026-11-02T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000003','9133e21fbc3abc7f13a5d66be21252aee460fd12ece469b40505583599e38238','decbc042bfbfb487a9dd3cd53d09ea64c274d4f0b0b8e099c4a3bd00f6f88d19');
INSERT INTO "event" VALUES(5,1,'image',4,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1004,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_4.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca04","sha256":"0000000000000000000000000000000000000000000000000000000000000004","split":"train","width":64}','','2026-11-02T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000004','decbc042bfbfb487a9dd3cd53d09ea64c274d4f0b0b8e099c4a3bd00f6f88d19','b1544908679649f8f97be67234b5441a511bde63bb730c32e49e1b0b71112894');
INSERT INTO "event" VALUES(6,1,'image',5,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1005,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_5.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca05","sha256":"0000000000000000000000000000000000000000000000000000000000000005","split":"test","width":64}','','2026-11-02T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000005','b1544908679649f8f97be67234b5441a511bde63bb730c32e49e1b0b71112894','b3ac112b9ee022b47b2767a0e59b8f421e48034404ea8cb8bb572aca17a219ac');
INSERT INTO "event" VALUES(7,1,'image',6,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1006,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_6.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca06","sha256":"0000000000000000000000000000000000000000000000000000000000000006","split":"test","width":64}','','2026-11-02T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000006','b3ac112b9ee022b47b2767a0e59b8f421e48034404ea8cb8bb572aca17a219ac','e8b08e7216a126223de3952b71483feaf32fea01755a6cae532ccc1c004c1c01');
INSERT INTO "event" VALUES(8,8,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Labelled part_6.png defective (scratch)","target":null}','','2026-11-02T08:01:00.000Z','engineer',NULL,'e8b08e7216a126223de3952b71483feaf32fea01755a6cae532ccc1c004c1c01','b49f57a22461a00071188c8ff34b818ea6013513566cefe9095773b925746dbe');
INSERT INTO "event" VALUES(9,8,'label',6,NULL,'{"defect_type":null,"kind":"good"}','{"defect_type":"scratch","kind":"defect"}','','2026-11-02T08:01:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000006','b49f57a22461a00071188c8ff34b818ea6013513566cefe9095773b925746dbe','f1dc7c5a145125c74d9288c7c10d01a57ece5a73b15cb7b32e826d230e105293');
INSERT INTO "event" VALUES(10,10,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Started run 001-conv-ae","target":null}','','2026-11-02T08:03:00.000Z','engineer',NULL,'f1dc7c5a145125c74d9288c7c10d01a57ece5a73b15cb7b32e826d230e105293','7260c7c23ac1c825a9913ff3ad0f4f6585f4acc7f0185f6e6548e12f2da3198a');
INSERT INTO "event" VALUES(11,10,'run',NULL,1,'null','{"created_utc":"2026-11-02T08:02:00.000Z","detector":"conv-ae","finished_utc":null,"id":1,"message":"","name":"001-conv-ae","preset":"fast","roles":{"test":[5,6],"train":[1,2,3,4],"validation":[]},"seed":0,"settings":{},"status":"running"}','','2026-11-02T08:03:00.000Z','engineer',NULL,'7260c7c23ac1c825a9913ff3ad0f4f6585f4acc7f0185f6e6548e12f2da3198a','883d7b6c454394b7f40b1f5cb2413b97979a7fb84bbada5662387cfae2a56396');
INSERT INTO "event" VALUES(12,12,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Set the threshold to 0.5","target":null}','','2026-11-02T08:04:00.000Z','engineer',NULL,'883d7b6c454394b7f40b1f5cb2413b97979a7fb84bbada5662387cfae2a56396','99d5eec4f2607f1e9a754782b6748ea907ac4ed8146b6b4698567d2bb528a6f7');
INSERT INTO "event" VALUES(13,12,'threshold',NULL,1,'null','{"parameter":null,"rule":"best-f1","value":0.5}','','2026-11-02T08:04:00.000Z','engineer',NULL,'99d5eec4f2607f1e9a754782b6748ea907ac4ed8146b6b4698567d2bb528a6f7','d75765786592716c6d4c40d6389f773a676cb42010870e69d18e615792cdcaac');
INSERT INTO "event" VALUES(14,14,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Set the threshold to 0.75","target":null}','','2026-11-02T08:05:00.000Z','engineer',NULL,'d75765786592716c6d4c40d6389f773a676cb42010870e69d18e615792cdcaac','fd03ce25f436d972248261e7987b9bbade0d14e44bc168fbf80c625f70240904');
INSERT INTO "event" VALUES(15,14,'threshold',NULL,1,'{"parameter":null,"rule":"best-f1","value":0.5}','{"parameter":0.95,"rule":"recall-at-least","value":0.75}','','2026-11-02T08:05:00.000Z','engineer',NULL,'fd03ce25f436d972248261e7987b9bbade0d14e44bc168fbf80c625f70240904','5b0670552807adc90fd538882a56f4d91b8b8365f13b0af74c52be481475ae25');
INSERT INTO "event" VALUES(16,16,'operation',NULL,NULL,'null','{"kind":"undo","sentence":"Undid: Set the threshold to 0.75","target":14}','','2026-11-02T08:06:00.000Z','engineer',NULL,'5b0670552807adc90fd538882a56f4d91b8b8365f13b0af74c52be481475ae25','02984cdf4a13b0822e7855e17628fab9cc9375806d1b133f52ab09664d497b37');
INSERT INTO "event" VALUES(17,16,'threshold',NULL,1,'{"parameter":0.95,"rule":"recall-at-least","value":0.75}','{"parameter":null,"rule":"best-f1","value":0.5}','','2026-11-02T08:06:00.000Z','engineer',NULL,'02984cdf4a13b0822e7855e17628fab9cc9375806d1b133f52ab09664d497b37','63ecc9b31dc8ea69c50b5bbdef3cfe36e8e4d2dabc3ba8c8224bf09fd743d32f');
INSERT INTO "event" VALUES(18,18,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Marked part_6.png confirmed","target":null}','','2026-11-02T08:07:00.000Z','engineer',NULL,'63ecc9b31dc8ea69c50b5bbdef3cfe36e8e4d2dabc3ba8c8224bf09fd743d32f','08fe82ef73d7f38ccedb345dd3bfccf278543961bcdbc96d3509aff28ed58155');
INSERT INTO "event" VALUES(19,18,'verdict',6,1,'null','{"kind":"confirmed","reason":null}','','2026-11-02T08:07:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000006','08fe82ef73d7f38ccedb345dd3bfccf278543961bcdbc96d3509aff28ed58155','bb04cdc2cc98a42aaf040a36ccc41dd224df9952860e555f4f9264bfc3f97cc6');
INSERT INTO "event" VALUES(20,20,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Commented on part_6.png","target":null}','','2026-11-02T08:08:00.000Z','engineer',NULL,'bb04cdc2cc98a42aaf040a36ccc41dd224df9952860e555f4f9264bfc3f97cc6','1a5544f272d4e9a0e361213a792af52ddb6e1cd9e4bdd84d5524bab678f22b9f');
INSERT INTO "event" VALUES(21,20,'comment',6,NULL,'""','"edge of the part"','','2026-11-02T08:08:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000006','1a5544f272d4e9a0e361213a792af52ddb6e1cd9e4bdd84d5524bab678f22b9f','40c5be8e5f6d5ab31815f6c74bb9d47ae0ecf8252b3cd6e105b92f4cd8927060');
INSERT INTO "event" VALUES(22,22,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Exported run 001-conv-ae to line.anomaly","target":null}','','2026-11-02T08:10:00.000Z','engineer',NULL,'40c5be8e5f6d5ab31815f6c74bb9d47ae0ecf8252b3cd6e105b92f4cd8927060','e9f208a87a5e1d6058a60b8f19b451c2718cede0c63cdb510d679479812ecfe6');
INSERT INTO "event" VALUES(23,22,'export',NULL,1,'null','{"path":"/exports/line.anomaly","run":1,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","threshold":{"parameter":null,"rule":"best-f1","value":0.5},"time_utc":"2026-11-02T08:09:00.000Z"}','','2026-11-02T08:10:00.000Z','engineer',NULL,'e9f208a87a5e1d6058a60b8f19b451c2718cede0c63cdb510d679479812ecfe6','f7765bf650f516884f0aa44e763788ead166f6a52f04080dd148ef908d7e3b77');
INSERT INTO "event" VALUES(24,24,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Excluded part_2.png","target":null}','','2026-11-02T08:11:00.000Z','engineer',NULL,'f7765bf650f516884f0aa44e763788ead166f6a52f04080dd148ef908d7e3b77','71b9e3c42e08b8ccc46c6d528904ba56b3ea5c9590809ec390a485eab5cbf185');
INSERT INTO "event" VALUES(25,24,'excluded',2,NULL,'false','true','','2026-11-02T08:11:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000002','71b9e3c42e08b8ccc46c6d528904ba56b3ea5c9590809ec390a485eab5cbf185','4d430e43d101f1343a023a72b974572ee0c8aabb0e531b7e8acbf8181b06b838');
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
INSERT INTO "export" VALUES(1,1,X'2F6578706F7274732F6C696E652E616E6F6D616C79','0000000000000000000000000000000000000000000000000000000000000000','2026-11-02T08:09:00.000Z',0.5,'best-f1',NULL);
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
INSERT INTO "image" VALUES(1,X'2F70617274732F706172745F312E706E67','0000000000000000000000000000000000000000000000000000000000000001','000000000000000000000000000000000000000000000000000000003b9aca01',1001,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0);
INSERT INTO "image" VALUES(2,X'2F70617274732F706172745F322E706E67','0000000000000000000000000000000000000000000000000000000000000002','000000000000000000000000000000000000000000000000000000003b9aca02',1002,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',1);
INSERT INTO "image" VALUES(3,X'2F70617274732F706172745F332E706E67','0000000000000000000000000000000000000000000000000000000000000003','000000000000000000000000000000000000000000000000000000003b9aca03',1003,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0);
INSERT INTO "image" VALUES(4,X'2F70617274732F706172745F342E706E67','0000000000000000000000000000000000000000000000000000000000000004','000000000000000000000000000000000000000000000000000000003b9aca04',1004,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0);
INSERT INTO "image" VALUES(5,X'2F70617274732F706172745F352E706E67','0000000000000000000000000000000000000000000000000000000000000005','000000000000000000000000000000000000000000000000000000003b9aca05',1005,'PNG',64,48,1,8,255,'test','good',NULL,NULL,NULL,NULL,'',0);
INSERT INTO "image" VALUES(6,X'2F70617274732F706172745F362E706E67','0000000000000000000000000000000000000000000000000000000000000006','000000000000000000000000000000000000000000000000000000003b9aca06',1006,'PNG',64,48,1,8,255,'test','defect','scratch',NULL,'confirmed',NULL,'edge of the part',0);
CREATE TABLE place (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL                         -- JSON
) STRICT;
CREATE TABLE role (
    run   INTEGER NOT NULL REFERENCES run (id),
    image INTEGER NOT NULL REFERENCES image (id),
    role  TEXT NOT NULL CHECK (role IN ('train', 'validation', 'test')),
    PRIMARY KEY (run, image)
) STRICT, WITHOUT ROWID;
INSERT INTO "role" VALUES(1,1,'train');
INSERT INTO "role" VALUES(1,2,'train');
INSERT INTO "role" VALUES(1,3,'train');
INSERT INTO "role" VALUES(1,4,'train');
INSERT INTO "role" VALUES(1,5,'test');
INSERT INTO "role" VALUES(1,6,'test');
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
INSERT INTO "run" VALUES(1,'001-conv-ae','conv-ae','fast',0,'{}','running','2026-11-02T08:02:00.000Z',NULL,'');
CREATE TABLE threshold (
    run       INTEGER PRIMARY KEY REFERENCES run (id),
    value     REAL NOT NULL,
    rule      TEXT NOT NULL,
    parameter REAL
) STRICT;
INSERT INTO "threshold" VALUES(1,0.5,'best-f1',NULL);
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
COMMIT;
PRAGMA application_id = 1095651149;
PRAGMA user_version = 1;

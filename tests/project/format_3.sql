-- A project as format 3 of the program left it.
BEGIN TRANSACTION;
CREATE TABLE blind_study (
    id           INTEGER PRIMARY KEY,
    run          INTEGER NOT NULL REFERENCES run (id),
    seed         INTEGER NOT NULL,
    trials       INTEGER NOT NULL CHECK (trials >= 1),
    images       TEXT NOT NULL,                 -- JSON: ids
    started_utc  TEXT NOT NULL,
    finished_utc TEXT
) STRICT;
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
INSERT INTO "event" VALUES(1,1,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Imported 6 images","target":null}','','2026-11-03T08:01:00.000Z','engineer',NULL,'0000000000000000000000000000000000000000000000000000000000000000','e4d676d8db5464b3f4cec680275b3d48fb502c0af0082d7710a84cfe2dd02cef');
INSERT INTO "event" VALUES(2,1,'image',1,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1001,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_1.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca01","sha256":"0000000000000000000000000000000000000000000000000000000000000001","split":"train","width":64}','','2026-11-03T08:01:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000001','e4d676d8db5464b3f4cec680275b3d48fb502c0af0082d7710a84cfe2dd02cef','0e27aaf2e0007949ea62542a559bfa3b9485f0e134107f48aebbe6f78911c15e');
INSERT INTO "event" VALUES(3,1,'image',2,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1002,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_2.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca02","sha256":"0000000000000000000000000000000000000000000000000000000000000002","split":"train","width":64}','','2026-11-03T08:01:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000002','0e27aaf2e0007949ea62542a559bfa3b9485f0e134107f48aebbe6f78911c15e','5ce82dd2a0f8f7c0c2723189067c65c88bc8b29e8f92659bd7aaea2b37da0ed0');
INSERT INTO "event" VALUES(4,1,'image',3,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1003,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_3.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca03","sha256":"0000000000000000000000000000000000000000000000000000000000000003","split":"train","width":64}','','2026-11-03T08:01:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000003','5ce82dd2a0f8f7c0c2723189067c65c88bc8b29e8f92659bd7aaea2b37da0ed0','1c15fad74abdf1c3484a2cfc78f58d6b1f588d435a3d248c5200471e187f17e3');
INSERT INTO "event" VALUES(5,1,'image',4,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1004,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_4.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca04","sha256":"0000000000000000000000000000000000000000000000000000000000000004","split":"train","width":64}','','2026-11-03T08:01:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000004','1c15fad74abdf1c3484a2cfc78f58d6b1f588d435a3d248c5200471e187f17e3','fda9f02a17a1c8da7003c4928c82703978970b410387bfd8e9e6427bff4db317');
INSERT INTO "event" VALUES(6,1,'image',5,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1005,"format":"PNG","height":48,"label":{"defect_type":"scratch","kind":"defect"},"mask_path":null,"path":"/parts/part_5.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca05","sha256":"0000000000000000000000000000000000000000000000000000000000000005","split":"test","width":64}','','2026-11-03T08:01:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000005','fda9f02a17a1c8da7003c4928c82703978970b410387bfd8e9e6427bff4db317','b669654a6b68306632a42bcbc57babce80656d332428a8411e0a517ff6982169');
INSERT INTO "event" VALUES(7,1,'image',6,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1006,"format":"PNG","height":48,"label":{"defect_type":"scratch","kind":"defect"},"mask_path":null,"path":"/parts/part_6.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca06","sha256":"0000000000000000000000000000000000000000000000000000000000000006","split":"test","width":64}','','2026-11-03T08:01:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000006','b669654a6b68306632a42bcbc57babce80656d332428a8411e0a517ff6982169','132e589b43fe9ebd4385cc8fdbe9cc48a5f4f92a924f90f90f54136a0d8aa5f5');
INSERT INTO "event" VALUES(8,8,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Started run 001-conv-ae","target":null}','','2026-11-03T08:03:00.000Z','engineer',NULL,'132e589b43fe9ebd4385cc8fdbe9cc48a5f4f92a924f90f90f54136a0d8aa5f5','c9a86c149711905cc5c6e39b5509439868973dc4c922b4b604f699c14ba9182f');
INSERT INTO "event" VALUES(9,8,'run',NULL,1,'null','{"created_utc":"2026-11-03T08:02:00.000Z","detector":"conv-ae","finished_utc":null,"id":1,"message":"","name":"001-conv-ae","preset":"fast","roles":{"test":[5,6],"train":[1,2,3,4],"validation":[]},"seed":0,"settings":{},"status":"running"}','','2026-11-03T08:03:00.000Z','engineer',NULL,'c9a86c149711905cc5c6e39b5509439868973dc4c922b4b604f699c14ba9182f','dae79a759a16aa6deeaf966b95671c8c8249a1acd9c51ee61f5e72fd2ba17905');
INSERT INTO "event" VALUES(10,10,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Run 001-conv-ae is finished","target":null}','','2026-11-03T08:05:00.000Z','engineer',NULL,'dae79a759a16aa6deeaf966b95671c8c8249a1acd9c51ee61f5e72fd2ba17905','d9c329fcaaf63c0911eb587d1b0e2f5761a8e7d6ff829b735510af7e2522e280');
INSERT INTO "event" VALUES(11,10,'status',NULL,1,'{"finished_utc":null,"message":"","status":"running"}','{"finished_utc":"2026-11-03T08:04:00.000Z","message":"","status":"finished"}','','2026-11-03T08:05:00.000Z','engineer',NULL,'d9c329fcaaf63c0911eb587d1b0e2f5761a8e7d6ff829b735510af7e2522e280','de3ee8145cdab8862505371562cba32e1b8264f52f2dc19d4cc1b8c6bc3914c3');
INSERT INTO "event" VALUES(12,12,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Set the threshold to 0.5","target":null}','','2026-11-03T08:06:00.000Z','engineer',NULL,'de3ee8145cdab8862505371562cba32e1b8264f52f2dc19d4cc1b8c6bc3914c3','db493710e865262bf5ee4ae105d63d2acec0409d36341e6624081e236496140f');
INSERT INTO "event" VALUES(13,12,'threshold',NULL,1,'null','{"alarm_price":null,"defect_rate":null,"defect_type":null,"miss_price":null,"parameter":null,"recheck":null,"rule":"best-f1","value":0.5}','','2026-11-03T08:06:00.000Z','engineer',NULL,'db493710e865262bf5ee4ae105d63d2acec0409d36341e6624081e236496140f','c402a854a50840ef8135a8429737e195a73611e7d5562ac5b4eea9d7193b8b59');
INSERT INTO "event" VALUES(14,14,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Set the threshold to 0.75","target":null}','','2026-11-03T08:07:00.000Z','engineer',NULL,'c402a854a50840ef8135a8429737e195a73611e7d5562ac5b4eea9d7193b8b59','20573e83fd18eedcd036bd6bed90b51e2d672b66bc8127c1b7a6d05902376b4b');
INSERT INTO "event" VALUES(15,14,'threshold',NULL,1,'{"alarm_price":null,"defect_rate":null,"defect_type":null,"miss_price":null,"parameter":null,"recheck":null,"rule":"best-f1","value":0.5}','{"alarm_price":null,"defect_rate":null,"defect_type":"scratch","miss_price":null,"parameter":0.9,"recheck":0.5,"rule":"least-missed","value":0.75}','','2026-11-03T08:07:00.000Z','engineer',NULL,'20573e83fd18eedcd036bd6bed90b51e2d672b66bc8127c1b7a6d05902376b4b','8f9087e0593d203c4ed6f1bbcfaee6e0fe8fa8e9ef4b45d6832534523e3e8882');
INSERT INTO "event" VALUES(16,16,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Labelled part_4.png defective (dent)","target":null}','seen twice','2026-11-03T08:08:00.000Z','engineer',NULL,'8f9087e0593d203c4ed6f1bbcfaee6e0fe8fa8e9ef4b45d6832534523e3e8882','8a2ea91cda15fe6ebaf969b5991bf725d822821e512f9dbf952850c8676fd08a');
INSERT INTO "event" VALUES(17,16,'label',4,NULL,'{"defect_type":null,"kind":"good"}','{"defect_type":"dent","kind":"defect"}','seen twice','2026-11-03T08:08:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000004','8a2ea91cda15fe6ebaf969b5991bf725d822821e512f9dbf952850c8676fd08a','fb2aa4056cc06494104720ee9e82490b63f7ba58b6720da694d7409470d06bde');
INSERT INTO "event" VALUES(18,18,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Set the mask of part_5.png","target":null}','','2026-11-03T08:09:00.000Z','engineer',NULL,'fb2aa4056cc06494104720ee9e82490b63f7ba58b6720da694d7409470d06bde','bc692dae75248c66b3263cd02b0f447eafb8fc5aa120d7227652b5bc935c0cc0');
INSERT INTO "event" VALUES(19,18,'mask',5,NULL,'null','"/masks/part_5.png"','','2026-11-03T08:09:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000005','bc692dae75248c66b3263cd02b0f447eafb8fc5aa120d7227652b5bc935c0cc0','842264487982db4bb3084f1c77d7f55daca1329789757b86dd7640fac4ed4be8');
INSERT INTO "event" VALUES(20,20,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Locked part_6.png for testing","target":null}','','2026-11-03T08:10:00.000Z','engineer',NULL,'842264487982db4bb3084f1c77d7f55daca1329789757b86dd7640fac4ed4be8','885fb5a625deee2bd9a53e9caa8d6de83763d40dac0bb33f2263e7206827a427');
INSERT INTO "event" VALUES(21,20,'locked',6,NULL,'false','true','','2026-11-03T08:10:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000006','885fb5a625deee2bd9a53e9caa8d6de83763d40dac0bb33f2263e7206827a427','fdff4e2e3a179adc554077600c4aa04de121a6bae54f5e96321720cc15503a93');
INSERT INTO "event" VALUES(22,22,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Marked part_6.png unsure","target":null}','','2026-11-03T08:11:00.000Z','engineer',NULL,'fdff4e2e3a179adc554077600c4aa04de121a6bae54f5e96321720cc15503a93','66a90164f604af6276af289f3e22962ff18c0ca8fa44c2143c7cea4b503f4c90');
INSERT INTO "event" VALUES(23,22,'verdict',6,1,'null','{"kind":"unsure","reason":null}','','2026-11-03T08:11:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000006','66a90164f604af6276af289f3e22962ff18c0ca8fa44c2143c7cea4b503f4c90','c1d968821fa4f59ce64e18640bffe6552f2b80277c1a8bffbd5d7f43b785734c');
INSERT INTO "event" VALUES(24,24,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Judged part_5.png blindly","target":null}','','2026-11-03T08:13:00.000Z','engineer',NULL,'c1d968821fa4f59ce64e18640bffe6552f2b80277c1a8bffbd5d7f43b785734c','93dbfc2a9c0d76071816d7ff17e8567c135d710dc0befbb8d0105cbb68d30ebf');
INSERT INTO "event" VALUES(25,24,'judgement',5,NULL,'null','{"answer":"unsure","image":5,"reviewer":"A","study":1,"time_utc":"2026-11-03T08:12:00.000Z"}','','2026-11-03T08:13:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000005','93dbfc2a9c0d76071816d7ff17e8567c135d710dc0befbb8d0105cbb68d30ebf','6ef3ca0908c213f0115ed28825ea1baf2d350ee577929ad913c1e20c7074ed2c');
INSERT INTO "event" VALUES(26,26,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Excluded part_2.png","target":null}','','2026-11-03T08:14:00.000Z','engineer',NULL,'6ef3ca0908c213f0115ed28825ea1baf2d350ee577929ad913c1e20c7074ed2c','b3871bb79adb130b070ff7145d79fe16129cfd1d513d2d3403e1d35a66e6d190');
INSERT INTO "event" VALUES(27,26,'excluded',2,NULL,'false','true','','2026-11-03T08:14:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000002','b3871bb79adb130b070ff7145d79fe16129cfd1d513d2d3403e1d35a66e6d190','21801dbacce543022baea2c87bb9e65b20ee990c7741d35b171df25f33298c8c');
CREATE TABLE export (
    id        INTEGER PRIMARY KEY,
    run       INTEGER NOT NULL REFERENCES run (id),
    path      BLOB NOT NULL,
    sha256    TEXT NOT NULL,
    time_utc  TEXT NOT NULL,
    value     REAL NOT NULL,
    rule      TEXT NOT NULL,
    parameter REAL
, recheck REAL, defect_type TEXT, miss_price REAL, alarm_price REAL, defect_rate REAL) STRICT;
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
, locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1))) STRICT;
INSERT INTO "image" VALUES(1,X'2F70617274732F706172745F312E706E67','0000000000000000000000000000000000000000000000000000000000000001','000000000000000000000000000000000000000000000000000000003b9aca01',1001,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0,0);
INSERT INTO "image" VALUES(2,X'2F70617274732F706172745F322E706E67','0000000000000000000000000000000000000000000000000000000000000002','000000000000000000000000000000000000000000000000000000003b9aca02',1002,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',1,0);
INSERT INTO "image" VALUES(3,X'2F70617274732F706172745F332E706E67','0000000000000000000000000000000000000000000000000000000000000003','000000000000000000000000000000000000000000000000000000003b9aca03',1003,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0,0);
INSERT INTO "image" VALUES(4,X'2F70617274732F706172745F342E706E67','0000000000000000000000000000000000000000000000000000000000000004','000000000000000000000000000000000000000000000000000000003b9aca04',1004,'PNG',64,48,1,8,255,'train','defect','dent',NULL,NULL,NULL,'',0,0);
INSERT INTO "image" VALUES(5,X'2F70617274732F706172745F352E706E67','0000000000000000000000000000000000000000000000000000000000000005','000000000000000000000000000000000000000000000000000000003b9aca05',1005,'PNG',64,48,1,8,255,'test','defect','scratch',X'2F6D61736B732F706172745F352E706E67',NULL,NULL,'',0,0);
INSERT INTO "image" VALUES(6,X'2F70617274732F706172745F362E706E67','0000000000000000000000000000000000000000000000000000000000000006','000000000000000000000000000000000000000000000000000000003b9aca06',1006,'PNG',64,48,1,8,255,'test','defect','scratch',NULL,'unsure',NULL,'',0,1);
CREATE TABLE judgement (
    id       INTEGER PRIMARY KEY,
    study    INTEGER NOT NULL,                  -- judgements of one sample belong together
    image    INTEGER NOT NULL REFERENCES image (id),
    reviewer TEXT NOT NULL,
    answer   TEXT NOT NULL CHECK (answer IN ('good', 'defect', 'unsure')),
    time_utc TEXT NOT NULL
, trial INTEGER NOT NULL DEFAULT 1) STRICT;
INSERT INTO "judgement" VALUES(1,1,5,'A','unsure','2026-11-03T08:12:00.000Z',1);
CREATE TABLE pixel_threshold (
    run       INTEGER PRIMARY KEY REFERENCES run (id),
    value     REAL NOT NULL,
    rule      TEXT NOT NULL,
    parameter REAL
) STRICT;
CREATE TABLE place (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL                         -- JSON
) STRICT;
CREATE TABLE reveal (
    id       INTEGER PRIMARY KEY,
    run      INTEGER NOT NULL REFERENCES run (id),
    time_utc TEXT NOT NULL,
    figures  TEXT NOT NULL                      -- JSON
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
INSERT INTO "run" VALUES(1,'001-conv-ae','conv-ae','fast',0,'{}','finished','2026-11-03T08:02:00.000Z','2026-11-03T08:04:00.000Z','');
CREATE TABLE scoring (
    run      INTEGER PRIMARY KEY REFERENCES run (id),
    settings TEXT NOT NULL                      -- JSON
) STRICT;
CREATE TABLE threshold (
    run       INTEGER PRIMARY KEY REFERENCES run (id),
    value     REAL NOT NULL,
    rule      TEXT NOT NULL,
    parameter REAL
, recheck REAL, defect_type TEXT, miss_price REAL, alarm_price REAL, defect_rate REAL) STRICT;
INSERT INTO "threshold" VALUES(1,0.75,'least-missed',0.9,0.5,'scratch',NULL,NULL,NULL);
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
CREATE INDEX judgement_of_study ON judgement (study, reviewer);
COMMIT;
PRAGMA application_id = 1095651149;
PRAGMA user_version = 3;

-- A project that format 2 wrote: a recheck line, a threshold of pixels, a locked image, a reveal, and two
-- blind judgements that belong to no study of format 3.
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
INSERT INTO "event" VALUES(1,1,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Imported 6 images","target":null}','','2026-11-20T08:00:00.000Z','engineer',NULL,'0000000000000000000000000000000000000000000000000000000000000000','14bc42163286088f12ef798e10d37745b6b837c14fbefdafa826ef8f0e25f5f8');
INSERT INTO "event" VALUES(2,1,'image',1,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1001,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_1.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca01","sha256":"0000000000000000000000000000000000000000000000000000000000000001","split":"train","width":64}','','2026-11-20T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000001','14bc42163286088f12ef798e10d37745b6b837c14fbefdafa826ef8f0e25f5f8','a8293975018779f1743f7a8e46b9be50f3d41ab99788f3196029cbaf3f03ec0e');
INSERT INTO "event" VALUES(3,1,'image',2,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1002,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_2.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca02","sha256":"0000000000000000000000000000000000000000000000000000000000000002","split":"train","width":64}','','2026-11-20T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000002','a8293975018779f1743f7a8e46b9be50f3d41ab99788f3196029cbaf3f03ec0e','567dded28929ee2f0cdd082665e0958d739108e868569109611d5814cf04ecbe');
INSERT INTO "event" VALUES(4,1,'image',3,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1003,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_3.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca03","sha256":"0000000000000000000000000000000000000000000000000000000000000003","split":"train","width":64}','','2026-11-20T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000003','567dded28929ee2f0cdd082665e0958d739108e868569109611d5814cf04ecbe','2388e4b792dccf7688f555bac62c3305c66b312138d707441dc5b8ea9282f6cb');
INSERT INTO "event" VALUES(5,1,'image',4,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1004,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_4.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca04","sha256":"0000000000000000000000000000000000000000000000000000000000000004","split":"train","width":64}','','2026-11-20T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000004','2388e4b792dccf7688f555bac62c3305c66b312138d707441dc5b8ea9282f6cb','806ae872bf2e4d6338007c983ef505adaf7fcbeb34bbd2ce66bc5cb4e434ea33');
INSERT INTO "event" VALUES(6,1,'image',5,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1005,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_5.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca05","sha256":"0000000000000000000000000000000000000000000000000000000000000005","split":"train","width":64}','','2026-11-20T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000005','806ae872bf2e4d6338007c983ef505adaf7fcbeb34bbd2ce66bc5cb4e434ea33','d70e273f069747cce966ebc9915e5b7b4c57f1e6651fe79aabb1088bffd8821f');
INSERT INTO "event" VALUES(7,1,'image',6,NULL,'null','{"bit_depth":8,"channels":1,"file_bytes":1006,"format":"PNG","height":48,"label":{"defect_type":null,"kind":"good"},"mask_path":null,"path":"/parts/part_6.png","peak":255,"pixel_sha256":"000000000000000000000000000000000000000000000000000000003b9aca06","sha256":"0000000000000000000000000000000000000000000000000000000000000006","split":"train","width":64}','','2026-11-20T08:00:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000006','d70e273f069747cce966ebc9915e5b7b4c57f1e6651fe79aabb1088bffd8821f','688b380f18aa850d9c7e61d8784136351392b676318ea6ac10ddb883a36187c6');
INSERT INTO "event" VALUES(8,8,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Started run 001-conv-ae","target":null}','','2026-11-20T08:02:00.000Z','engineer',NULL,'688b380f18aa850d9c7e61d8784136351392b676318ea6ac10ddb883a36187c6','9e8d31cad42ddc29c2a3378cb7b4314d7b8c94207a42e62b495dbb3921f1cba1');
INSERT INTO "event" VALUES(9,8,'run',NULL,1,'null','{"created_utc":"2026-11-20T08:01:00.000Z","detector":"conv-ae","finished_utc":null,"id":1,"message":"","name":"001-conv-ae","preset":"fast","roles":{"test":[5,6],"train":[1,2,3,4],"validation":[]},"seed":0,"settings":{},"status":"running"}','','2026-11-20T08:02:00.000Z','engineer',NULL,'9e8d31cad42ddc29c2a3378cb7b4314d7b8c94207a42e62b495dbb3921f1cba1','af28842b2675836b4777a78594c21d8993258970b7de4f35546919d6f739df7f');
INSERT INTO "event" VALUES(10,10,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Set the threshold to 0.75","target":null}','','2026-11-20T08:03:00.000Z','engineer',NULL,'af28842b2675836b4777a78594c21d8993258970b7de4f35546919d6f739df7f','bbd99f441fd496da4f98712b06e43f40fbf6aa7485868de8c8ea461c9d9752c5');
INSERT INTO "event" VALUES(11,10,'threshold',NULL,1,'null','{"alarm_price":null,"defect_rate":null,"defect_type":null,"miss_price":null,"parameter":null,"recheck":0.5,"rule":"manual","value":0.75}','','2026-11-20T08:03:00.000Z','engineer',NULL,'bbd99f441fd496da4f98712b06e43f40fbf6aa7485868de8c8ea461c9d9752c5','8c0e5fc030079871fc01d92a6bf6beb7014f3d059eefb683bc13c433591176e9');
INSERT INTO "event" VALUES(12,12,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Set the pixel threshold to 2.5","target":null}','','2026-11-20T08:04:00.000Z','engineer',NULL,'8c0e5fc030079871fc01d92a6bf6beb7014f3d059eefb683bc13c433591176e9','c5b19079da3d41a4a671551207e0c73727467bf9075681333d8a365d75824b9f');
INSERT INTO "event" VALUES(13,12,'pixel_threshold',NULL,1,'null','{"parameter":40.0,"rule":"quiet-good","value":2.5}','','2026-11-20T08:04:00.000Z','engineer',NULL,'c5b19079da3d41a4a671551207e0c73727467bf9075681333d8a365d75824b9f','2b0cbffdba36b7e3ddbe572bbef58189ecd8481370557c77185dd6d03a9ad888');
INSERT INTO "event" VALUES(14,14,'operation',NULL,NULL,'null','{"kind":"change","sentence":"Locked part_6.png for testing","target":null}','','2026-11-20T08:05:00.000Z','engineer',NULL,'2b0cbffdba36b7e3ddbe572bbef58189ecd8481370557c77185dd6d03a9ad888','30c7f63f5547384a7d2b359f83a4abbb53c5bda39cea6b4d78b4c4849c033c25');
INSERT INTO "event" VALUES(15,14,'locked',6,NULL,'false','true','','2026-11-20T08:05:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000006','30c7f63f5547384a7d2b359f83a4abbb53c5bda39cea6b4d78b4c4849c033c25','d13469b7d96b15990012144e197de1b0a98829654821be2f17c47ef456558bd7');
INSERT INTO "event" VALUES(16,16,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Looked at the locked test images of run 001-conv-ae","target":null}','','2026-11-20T08:07:00.000Z','engineer',NULL,'d13469b7d96b15990012144e197de1b0a98829654821be2f17c47ef456558bd7','f95cf342cc0b0d5c7244969b248d1742fccb955bd1a96db51cea0e9eb0cb7795');
INSERT INTO "event" VALUES(17,16,'reveal',NULL,1,'null','{"figures":{"recall":0.5},"run":1,"time_utc":"2026-11-20T08:06:00.000Z"}','','2026-11-20T08:07:00.000Z','engineer',NULL,'f95cf342cc0b0d5c7244969b248d1742fccb955bd1a96db51cea0e9eb0cb7795','edc219f7df2c1ac3af640ff7d98978b59f8e81fda8322c10d56695b7cb8a6558');
INSERT INTO "event" VALUES(18,18,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Judged part_3.png blindly","target":null}','','2026-11-20T08:09:00.000Z','engineer',NULL,'edc219f7df2c1ac3af640ff7d98978b59f8e81fda8322c10d56695b7cb8a6558','5539be0e41372a5e6fb553306d54151d3b7d629d26980445d927feaffd3c191d');
INSERT INTO "event" VALUES(19,18,'judgement',3,NULL,'null','{"answer":"good","image":3,"reviewer":"A","study":1,"time_utc":"2026-11-20T08:08:00.000Z"}','','2026-11-20T08:09:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000003','5539be0e41372a5e6fb553306d54151d3b7d629d26980445d927feaffd3c191d','0718149df1bbe97dbcf468efe05edd867b5775d1b844e019efab4b0d82f92945');
INSERT INTO "event" VALUES(20,20,'operation',NULL,NULL,'null','{"kind":"fact","sentence":"Judged part_3.png blindly","target":null}','','2026-11-20T08:11:00.000Z','engineer',NULL,'0718149df1bbe97dbcf468efe05edd867b5775d1b844e019efab4b0d82f92945','6883e00b6a6e503aa91474160a39161da7b2c4d5e116411b2b04a0d6d010a5cc');
INSERT INTO "event" VALUES(21,20,'judgement',3,NULL,'null','{"answer":"unsure","image":3,"reviewer":"A","study":1,"time_utc":"2026-11-20T08:10:00.000Z"}','','2026-11-20T08:11:00.000Z','engineer','0000000000000000000000000000000000000000000000000000000000000003','6883e00b6a6e503aa91474160a39161da7b2c4d5e116411b2b04a0d6d010a5cc','3a1133dc718466c2192aa9d06a0d115a94980fd69e83f613e159ab6b81b1a3ba');
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
INSERT INTO "image" VALUES(2,X'2F70617274732F706172745F322E706E67','0000000000000000000000000000000000000000000000000000000000000002','000000000000000000000000000000000000000000000000000000003b9aca02',1002,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0,0);
INSERT INTO "image" VALUES(3,X'2F70617274732F706172745F332E706E67','0000000000000000000000000000000000000000000000000000000000000003','000000000000000000000000000000000000000000000000000000003b9aca03',1003,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0,0);
INSERT INTO "image" VALUES(4,X'2F70617274732F706172745F342E706E67','0000000000000000000000000000000000000000000000000000000000000004','000000000000000000000000000000000000000000000000000000003b9aca04',1004,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0,0);
INSERT INTO "image" VALUES(5,X'2F70617274732F706172745F352E706E67','0000000000000000000000000000000000000000000000000000000000000005','000000000000000000000000000000000000000000000000000000003b9aca05',1005,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0,0);
INSERT INTO "image" VALUES(6,X'2F70617274732F706172745F362E706E67','0000000000000000000000000000000000000000000000000000000000000006','000000000000000000000000000000000000000000000000000000003b9aca06',1006,'PNG',64,48,1,8,255,'train','good',NULL,NULL,NULL,NULL,'',0,1);
CREATE TABLE judgement (
    id       INTEGER PRIMARY KEY,
    study    INTEGER NOT NULL,                  -- judgements of one sample belong together
    image    INTEGER NOT NULL REFERENCES image (id),
    reviewer TEXT NOT NULL,
    answer   TEXT NOT NULL CHECK (answer IN ('good', 'defect', 'unsure')),
    time_utc TEXT NOT NULL
) STRICT;
INSERT INTO "judgement" VALUES(1,1,3,'A','good','2026-11-20T08:08:00.000Z');
INSERT INTO "judgement" VALUES(2,1,3,'A','unsure','2026-11-20T08:10:00.000Z');
CREATE TABLE pixel_threshold (
    run       INTEGER PRIMARY KEY REFERENCES run (id),
    value     REAL NOT NULL,
    rule      TEXT NOT NULL,
    parameter REAL
) STRICT;
INSERT INTO "pixel_threshold" VALUES(1,2.5,'quiet-good',40.0);
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
INSERT INTO "reveal" VALUES(1,1,'2026-11-20T08:06:00.000Z','{"recall":0.5}');
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
INSERT INTO "run" VALUES(1,'001-conv-ae','conv-ae','fast',0,'{}','running','2026-11-20T08:01:00.000Z',NULL,'');
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
INSERT INTO "threshold" VALUES(1,0.75,'manual',NULL,0.5,NULL,NULL,NULL,NULL);
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
PRAGMA user_version = 2;

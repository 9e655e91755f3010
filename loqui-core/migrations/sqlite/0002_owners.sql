-- Owners of samples and generations, consent, idempotency keys, erasure, and the books of what was spent.
-- Foreign keys are off while this runs, for tables are made anew; they are checked at its end.

CREATE TABLE sample_anew (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    owner             TEXT    NOT NULL DEFAULT '', -- empty: nobody's in particular
    name              TEXT    NOT NULL,
    sha256            TEXT    NOT NULL,
    original          TEXT    NOT NULL,
    reference         TEXT    NOT NULL,
    seconds           REAL    NOT NULL,
    reference_seconds REAL    NOT NULL DEFAULT 0,
    report            TEXT    NOT NULL, -- JSON
    consent           TEXT,             -- JSON
    created_at        INTEGER NOT NULL,
    erased_at         INTEGER
) STRICT;
INSERT INTO sample_anew (id, name, sha256, original, reference, seconds, report, created_at)
    SELECT id, name, sha256, original, reference, seconds, report, created_at FROM sample;
DROP TABLE sample;
ALTER TABLE sample_anew RENAME TO sample;
CREATE UNIQUE INDEX sample_once ON sample (owner, sha256) WHERE erased_at IS NULL;

-- The worker that holds a generation was called its owner before; people own generations now.
ALTER TABLE generation RENAME COLUMN owner TO worker;
ALTER TABLE generation ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE generation ADD COLUMN idempotency_key TEXT;
ALTER TABLE generation ADD COLUMN erased_at INTEGER;
CREATE UNIQUE INDEX generation_once ON generation (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX generation_by_owner ON generation (owner, id);
CREATE INDEX generation_by_sample ON generation (sample, id);

ALTER TABLE take ADD COLUMN characters INTEGER NOT NULL DEFAULT 0;

-- In nano-dollars; a row for each owner, day (since 1970 in UTC) and model. See store/spending.rs.
CREATE TABLE spending (
    owner      TEXT    NOT NULL,
    day        INTEGER NOT NULL,
    engine     TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    spent      INTEGER NOT NULL,
    reserved   INTEGER NOT NULL,
    takes      INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    PRIMARY KEY (owner, day, engine, model)
) STRICT, WITHOUT ROWID;
INSERT INTO spending
    SELECT '', intended_at / 86400000000, engine, model,
        sum(iif(take.state IN ('intended', 'unsent', 'unanswered'), 0, CAST(round(cost_usd * 1e9) AS INTEGER))),
        sum(iif(take.state IN ('intended', 'unsent', 'unanswered'), CAST(round(cost_usd * 1e9) AS INTEGER), 0)),
        sum(remote IS NOT NULL OR audio IS NOT NULL), 0
    FROM take JOIN generation ON generation.id = take.generation
    GROUP BY 2, 3, 4;

-- Samples, generations, the ledger of takes, and events. Times are microseconds since 1970 in UTC.

CREATE TABLE sample (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL,
    sha256     TEXT    NOT NULL UNIQUE,
    original   TEXT    NOT NULL,
    reference  TEXT    NOT NULL,
    seconds    REAL    NOT NULL,
    report     TEXT    NOT NULL, -- JSON
    created_at INTEGER NOT NULL
) STRICT;

-- The table is the queue as well: what has not ended and nobody holds is to be done.
CREATE TABLE generation (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    sample           INTEGER NOT NULL REFERENCES sample (id),
    engine           TEXT    NOT NULL,
    model            TEXT    NOT NULL,
    script           TEXT    NOT NULL,
    options          TEXT    NOT NULL, -- JSON
    segments         TEXT    NOT NULL, -- JSON
    status           TEXT    NOT NULL,
    stage            TEXT    NOT NULL,
    progress         INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    warnings         TEXT    NOT NULL, -- JSON
    error            TEXT,             -- JSON
    speech           TEXT,             -- JSON
    created_at       INTEGER NOT NULL,
    opened_at        INTEGER NOT NULL,
    completed_at     INTEGER,
    epoch            INTEGER NOT NULL,
    owner            TEXT,             -- the worker that holds it
    events           INTEGER NOT NULL  -- the number of the last event
) STRICT;

CREATE INDEX generation_by_status ON generation (status, id);
CREATE INDEX generation_unfinished ON generation (id) WHERE status IN ('PENDING', 'PROCESSING');
CREATE INDEX generation_held ON generation (owner, id) WHERE owner IS NOT NULL;

CREATE TABLE take (
    generation  INTEGER NOT NULL REFERENCES generation (id),
    segment     INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    seed        INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    epoch       INTEGER NOT NULL,
    intended_at INTEGER NOT NULL,
    retry_at    INTEGER,
    sends       INTEGER NOT NULL,
    misses      INTEGER NOT NULL,
    looked_at   INTEGER,
    remote      TEXT,
    accepted_at INTEGER,
    output      TEXT,
    audio       TEXT,
    seconds     REAL,
    cost_usd    REAL    NOT NULL,
    findings    TEXT    NOT NULL, -- JSON
    error       TEXT,             -- JSON
    PRIMARY KEY (generation, segment, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX take_by_remote ON take (remote) WHERE remote IS NOT NULL;

CREATE TABLE event (
    generation INTEGER NOT NULL REFERENCES generation (id),
    number     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    status     TEXT    NOT NULL,
    stage      TEXT    NOT NULL,
    progress   INTEGER NOT NULL,
    message    TEXT    NOT NULL,
    PRIMARY KEY (generation, number)
) STRICT, WITHOUT ROWID;

-- One row a process, however many generations it holds. A worker that is not here has no lease.
CREATE TABLE worker (
    id          TEXT PRIMARY KEY,
    lease_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

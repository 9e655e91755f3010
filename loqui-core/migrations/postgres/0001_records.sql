-- Samples, generations, the ledger of takes, events, and the books. Times are microseconds since 1970 in UTC.
-- What may hold any character, a null character too, is kept as JSON.

CREATE TABLE sample (
    id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner             TEXT   NOT NULL, -- empty: nobody's in particular
    name              TEXT   NOT NULL,
    sha256            TEXT   NOT NULL,
    original          TEXT   NOT NULL,
    reference         TEXT   NOT NULL,
    seconds           DOUBLE PRECISION NOT NULL,
    reference_seconds DOUBLE PRECISION NOT NULL,
    report            TEXT   NOT NULL, -- JSON
    consent           TEXT,            -- JSON
    created_at        BIGINT NOT NULL,
    erased_at         BIGINT
);
CREATE UNIQUE INDEX sample_once ON sample (owner, sha256) WHERE erased_at IS NULL;

-- The table is the queue as well: what has not ended and nobody holds is to be done.
CREATE TABLE generation (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner            TEXT    NOT NULL,
    idempotency_key  TEXT,
    sample           BIGINT  NOT NULL REFERENCES sample (id),
    engine           TEXT    NOT NULL,
    model            TEXT    NOT NULL,
    script           TEXT    NOT NULL, -- JSON
    options          TEXT    NOT NULL, -- JSON
    segments         TEXT    NOT NULL, -- JSON
    status           TEXT    NOT NULL,
    stage            TEXT    NOT NULL,
    progress         BIGINT  NOT NULL,
    cancel_requested BOOLEAN NOT NULL,
    warnings         TEXT    NOT NULL, -- JSON
    error            TEXT,             -- JSON
    speech           TEXT,             -- JSON
    created_at       BIGINT  NOT NULL,
    opened_at        BIGINT  NOT NULL,
    completed_at     BIGINT,
    erased_at        BIGINT,
    epoch            BIGINT  NOT NULL,
    worker           TEXT,             -- the process that holds it
    events           BIGINT  NOT NULL  -- the number of the last event
);
CREATE UNIQUE INDEX generation_once ON generation (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX generation_by_status ON generation (status, id);
CREATE INDEX generation_unfinished ON generation (id) WHERE status IN ('PENDING', 'PROCESSING');
CREATE INDEX generation_held ON generation (worker, id) WHERE worker IS NOT NULL;
CREATE INDEX generation_by_owner ON generation (owner, id);
CREATE INDEX generation_by_sample ON generation (sample, id);
CREATE INDEX generation_ended ON generation (completed_at) WHERE erased_at IS NULL AND completed_at IS NOT NULL;

CREATE TABLE take (
    generation  BIGINT NOT NULL REFERENCES generation (id),
    segment     BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    seed        BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    epoch       BIGINT NOT NULL,
    intended_at BIGINT NOT NULL,
    retry_at    BIGINT,
    sends       BIGINT NOT NULL,
    misses      BIGINT NOT NULL,
    looked_at   BIGINT,
    remote      TEXT,
    accepted_at BIGINT,
    output      TEXT,
    audio       TEXT,
    seconds     DOUBLE PRECISION,
    characters  BIGINT NOT NULL,
    cost_usd    DOUBLE PRECISION NOT NULL,
    findings    TEXT   NOT NULL, -- JSON
    error       TEXT,            -- JSON
    PRIMARY KEY (generation, segment, number)
);
CREATE INDEX take_by_remote ON take (remote) WHERE remote IS NOT NULL;
CREATE INDEX take_given_up ON take (looked_at) WHERE state = 'never_created' AND misses > 0;

-- What webhooks said of takes whose answer was lost.
CREATE TABLE hint (
    generation BIGINT NOT NULL REFERENCES generation (id),
    segment    BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    remote     TEXT   NOT NULL,
    PRIMARY KEY (generation, segment, number)
);

CREATE TABLE event (
    generation BIGINT NOT NULL REFERENCES generation (id),
    number     BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    status     TEXT   NOT NULL,
    stage      TEXT   NOT NULL,
    progress   BIGINT NOT NULL,
    message    TEXT   NOT NULL, -- JSON
    PRIMARY KEY (generation, number)
);

-- One row a process, however many generations it holds. A worker that is not here has no lease.
CREATE TABLE worker (
    id          TEXT   PRIMARY KEY,
    lease_until BIGINT NOT NULL
);

-- In nano-dollars; a row for each owner, day (since 1970 in UTC) and model. See store/spending.rs.
CREATE TABLE spending (
    owner      TEXT   NOT NULL,
    day        BIGINT NOT NULL,
    engine     TEXT   NOT NULL,
    model      TEXT   NOT NULL,
    spent      BIGINT NOT NULL,
    reserved   BIGINT NOT NULL,
    takes      BIGINT NOT NULL,
    characters BIGINT NOT NULL,
    PRIMARY KEY (owner, day, engine, model)
);
CREATE INDEX spending_by_day ON spending (day);

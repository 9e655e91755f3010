-- What webhooks said of takes whose answer was lost, and indexes for workers, late looks, budgets and retention.

CREATE TABLE hint (
    generation INTEGER NOT NULL REFERENCES generation (id),
    segment    INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    remote     TEXT    NOT NULL,
    PRIMARY KEY (generation, segment, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX take_given_up ON take (looked_at) WHERE state = 'never_created' AND misses > 0;
CREATE INDEX generation_ended ON generation (completed_at) WHERE erased_at IS NULL AND completed_at IS NOT NULL;
CREATE INDEX spending_by_day ON spending (day);

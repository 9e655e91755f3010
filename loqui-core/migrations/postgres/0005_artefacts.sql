-- What was computed from the recordings of samples, by content. See store/artefact.rs.

CREATE TABLE sample_artefact (
    sha256     TEXT   NOT NULL, -- of the recording
    kind       TEXT   NOT NULL,
    version    TEXT   NOT NULL,
    value      BYTEA,           -- a small value
    audio      TEXT,            -- or the key of a large one in the audio store
    created_at BIGINT NOT NULL,
    PRIMARY KEY (sha256, kind),
    CHECK ((value IS NULL) <> (audio IS NULL))
);

-- The keys of large artefacts that were removed with this sample, as JSON. The caller of the erasure deletes them.
ALTER TABLE sample ADD COLUMN artefacts TEXT;

-- Whether another sample of the same recording exists.
CREATE INDEX sample_by_content ON sample (sha256) WHERE erased_at IS NULL;

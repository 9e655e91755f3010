-- The voices of a generation with several, and the edit that made a generation. See ledger/cast.rs and ledger/lineage.rs.

ALTER TABLE generation ADD COLUMN voices TEXT;  -- JSON
ALTER TABLE generation ADD COLUMN lineage TEXT; -- JSON

-- The samples of the voices, except the one in the row of the generation.
CREATE TABLE generation_voice (
    generation BIGINT NOT NULL REFERENCES generation (id),
    sample     BIGINT NOT NULL REFERENCES sample (id),
    PRIMARY KEY (sample, generation)
);
CREATE INDEX generation_voice_by_generation ON generation_voice (generation);

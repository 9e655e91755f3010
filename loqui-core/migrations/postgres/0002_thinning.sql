-- When the takes and events of a completed generation were dropped.

ALTER TABLE generation ADD COLUMN thinned_at BIGINT;
CREATE INDEX generation_thick ON generation (completed_at)
    WHERE status = 'COMPLETED' AND thinned_at IS NULL AND erased_at IS NULL;

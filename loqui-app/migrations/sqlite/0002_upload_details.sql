-- Description, labels and settings of a recording, as JSON.
ALTER TABLE upload ADD COLUMN details TEXT NOT NULL DEFAULT '{}';

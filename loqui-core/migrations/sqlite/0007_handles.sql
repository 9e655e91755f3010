-- A name of a sample that is unique for its owner. Empty for samples of earlier versions, whose handle is their name and id.
ALTER TABLE sample ADD COLUMN handle TEXT NOT NULL DEFAULT '';

-- A name of a recording that is unique for its user. Empty for recordings of earlier versions, whose handle is their name and id.
ALTER TABLE upload ADD COLUMN handle TEXT NOT NULL DEFAULT '';

-- The database of the backend: users, and the owners of uploads and generations. Times are microseconds since 1970 in UTC.

CREATE TABLE account (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    username   TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    email      TEXT    UNIQUE COLLATE NOCASE,
    password   TEXT    NOT NULL, -- argon2id, as a PHC string
    active     INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    INTEGER NOT NULL REFERENCES account (id),
    name       TEXT    NOT NULL,
    start      TEXT    NOT NULL, -- the first characters, to distinguish keys
    hash       TEXT    NOT NULL UNIQUE, -- SHA-256 in hexadecimal: a key has 256 random bits
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX api_key_by_account ON api_key (account, id);

-- Revoked tokens.
CREATE TABLE ended_token (
    id    TEXT PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- An uploaded recording. The same recording, uploaded twice, is two uploads of one sample.
CREATE TABLE upload (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     INTEGER NOT NULL REFERENCES account (id),
    name        TEXT    NOT NULL,
    kind        TEXT    NOT NULL, -- uploaded or recorded
    file        TEXT    NOT NULL, -- a UUID with an extension; the file name in the guide's responses
    file_name   TEXT    NOT NULL, -- the original file name
    bytes       INTEGER NOT NULL,
    seconds     REAL    NOT NULL,
    sample      INTEGER NOT NULL, -- the library's id
    report      TEXT    NOT NULL, -- JSON
    uploaded_at INTEGER NOT NULL
) STRICT;

CREATE INDEX upload_by_account ON upload (account, id);
CREATE INDEX upload_by_sample ON upload (sample);

-- What the backend stores about a generation.
CREATE TABLE job (
    generation INTEGER PRIMARY KEY, -- the library's id
    account    INTEGER NOT NULL REFERENCES account (id),
    upload     INTEGER NOT NULL,
    title      TEXT    NOT NULL,
    file       TEXT    NOT NULL, -- a UUID with an extension; the file name in the guide's responses
    bytes      INTEGER,          -- the size of the speech, once recorded
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX job_by_account ON job (account, generation);
CREATE INDEX job_by_upload ON job (upload);

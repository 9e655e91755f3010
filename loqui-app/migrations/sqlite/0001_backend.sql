-- The tables of the backend, beside those of the library. Times are microseconds since 1970 in UTC.

CREATE TABLE account (
    id           INTEGER PRIMARY KEY AUTOINCREMENT, -- the user id of responses
    owner        TEXT    NOT NULL UNIQUE, -- a UUID: the owner of samples and generations in the library, never in a response
    subject      TEXT    NOT NULL UNIQUE, -- names the user in tokens
    username     TEXT    NOT NULL,
    username_key TEXT    NOT NULL UNIQUE, -- the name in lower case (ASCII)
    email        TEXT,
    email_key    TEXT    UNIQUE,          -- the address in lower case (ASCII)
    password     TEXT    NOT NULL,        -- argon2id, as a PHC string
    active       INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
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

-- Revoked tokens, until they expire.
CREATE TABLE ended_token (
    id      TEXT    PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_token_by_expiry ON ended_token (expires);

-- Failed sign-ins by client and by user name. The key is a hash, because people type passwords as names.
CREATE TABLE failed_sign_in (
    id  INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT    NOT NULL,
    at  INTEGER NOT NULL
) STRICT;
CREATE INDEX failed_sign_in_by_key ON failed_sign_in (key, at);
CREATE INDEX failed_sign_in_by_time ON failed_sign_in (at);

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
    sample      INTEGER NOT NULL REFERENCES sample (id),
    report      TEXT    NOT NULL, -- JSON
    uploaded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_by_account ON upload (account, id);
CREATE INDEX upload_by_name ON upload (account, name);
CREATE INDEX upload_by_sample ON upload (sample);

-- What the backend stores about a generation. It is written in the transaction of the submission.
CREATE TABLE job (
    generation INTEGER PRIMARY KEY REFERENCES generation (id),
    account    INTEGER NOT NULL REFERENCES account (id),
    upload     INTEGER NOT NULL,
    title      TEXT    NOT NULL,
    file       TEXT    NOT NULL, -- a UUID with an extension; the file name in the guide's responses
    bytes      INTEGER,          -- the size of the speech, once recorded
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX job_by_account ON job (account, generation);
CREATE INDEX job_by_upload ON job (upload);

-- Generations that were submitted or retried, for the sockets of all servers. Old rows are deleted.
CREATE TABLE announcement (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    at         INTEGER NOT NULL
) STRICT;

-- Samples and generations whose records are erased, until their audio is deleted here and at the provider.
CREATE TABLE erasure (
    kind   TEXT    NOT NULL, -- sample or generation
    record INTEGER NOT NULL, -- the id in the library
    at     INTEGER NOT NULL,
    PRIMARY KEY (kind, record)
) STRICT, WITHOUT ROWID;

-- What all servers share, for instance the key that signs tokens.
CREATE TABLE shared_value (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

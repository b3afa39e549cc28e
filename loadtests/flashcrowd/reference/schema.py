"""The tables of the reference platform, in SQLite's words.

Ids are integers whose upper bits are milliseconds since 1970 (id >> 16), so id order is time order. Counts
that answers show (followers, favourites …) are columns, changed together with what they count.
"""

from typing import Final

PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA wal_autocheckpoint=65536",  # 256 MiB: `checkpoints` is there long before
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-131072",  # 128 MiB
    "PRAGMA foreign_keys=OFF",
)

TABLES: Final = """
CREATE TABLE IF NOT EXISTS apps (
    id INTEGER PRIMARY KEY, client_id TEXT NOT NULL UNIQUE, client_secret TEXT NOT NULL, name TEXT NOT NULL,
    website TEXT, redirect_uris TEXT NOT NULL, scopes TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE COLLATE NOCASE,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE, salt BLOB NOT NULL, password BLOB NOT NULL,
    display_name TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', language TEXT NOT NULL DEFAULT 'en',
    bot INTEGER NOT NULL DEFAULT 0, avatar TEXT, followers INTEGER NOT NULL DEFAULT 0,
    followees INTEGER NOT NULL DEFAULT 0, statuses INTEGER NOT NULL DEFAULT 0, last_status INTEGER);

CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, app INTEGER NOT NULL, account INTEGER, scopes TEXT NOT NULL, made INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, app INTEGER NOT NULL, account INTEGER NOT NULL, scopes TEXT NOT NULL,
    redirect_uri TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS follows (
    follower INTEGER NOT NULL, followee INTEGER NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (follower, followee)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS follows_of_followee ON follows (followee, id);

CREATE TABLE IF NOT EXISTS statuses (
    id INTEGER PRIMARY KEY, author INTEGER NOT NULL, text TEXT NOT NULL, visibility TEXT NOT NULL,
    spoiler TEXT NOT NULL DEFAULT '', sensitive INTEGER NOT NULL DEFAULT 0, language TEXT, app INTEGER,
    reply_to INTEGER, reply_to_author INTEGER, reblog_of INTEGER, media INTEGER NOT NULL DEFAULT 0,
    replies INTEGER NOT NULL DEFAULT 0, reblogs INTEGER NOT NULL DEFAULT 0,
    favourites INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS statuses_of_author ON statuses (author, id);
CREATE INDEX IF NOT EXISTS statuses_public ON statuses (id)
    WHERE visibility = 'public' AND reblog_of IS NULL AND reply_to IS NULL;
CREATE INDEX IF NOT EXISTS statuses_replies ON statuses (reply_to, id) WHERE reply_to IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS statuses_reblogs ON statuses (reblog_of, author)
    WHERE reblog_of IS NOT NULL;
CREATE INDEX IF NOT EXISTS statuses_reblogs_of_author ON statuses (author, reblog_of)
    WHERE reblog_of IS NOT NULL;

CREATE TABLE IF NOT EXISTS favourites (
    account INTEGER NOT NULL, status INTEGER NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (account, status)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS favourites_of_status ON favourites (status, id);

CREATE TABLE IF NOT EXISTS mentions (
    status INTEGER NOT NULL, account INTEGER NOT NULL, PRIMARY KEY (status, account)) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tags (
    name TEXT NOT NULL, status INTEGER NOT NULL, PRIMARY KEY (name, status)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tags_of_status ON tags (status);

CREATE TABLE IF NOT EXISTS media (
    id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, status INTEGER, file TEXT NOT NULL, mime TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, bytes INTEGER NOT NULL, description TEXT);
CREATE INDEX IF NOT EXISTS media_of_status ON media (status) WHERE status IS NOT NULL;

CREATE TABLE IF NOT EXISTS notifications (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, sender INTEGER NOT NULL,
    status INTEGER);
CREATE INDEX IF NOT EXISTS notifications_of_account ON notifications (account, id);
CREATE INDEX IF NOT EXISTS notifications_of_status ON notifications (status) WHERE status IS NOT NULL;
CREATE INDEX IF NOT EXISTS notifications_of_follow ON notifications (account, sender) WHERE status IS NULL;

CREATE TABLE IF NOT EXISTS reports (
    id INTEGER PRIMARY KEY, reporter INTEGER NOT NULL, target INTEGER NOT NULL, comment TEXT NOT NULL,
    category TEXT NOT NULL, statuses TEXT NOT NULL, forwarded INTEGER NOT NULL DEFAULT 0);

CREATE TABLE IF NOT EXISTS idempotency (
    account INTEGER NOT NULL, key TEXT NOT NULL, status INTEGER NOT NULL,
    PRIMARY KEY (account, key)) WITHOUT ROWID;

CREATE VIRTUAL TABLE IF NOT EXISTS status_words USING fts5(text, content='statuses', content_rowid='id');
CREATE VIRTUAL TABLE IF NOT EXISTS account_words
    USING fts5(username, display_name, content='accounts', content_rowid='id');
"""

COUNTED: Final = ("accounts", "statuses", "favourites", "follows", "media", "notifications", "reports")
"""Tables whose rows `/metrics` counts."""

-- What the administrator does over the API. The same conventions as in 0001_begin.

-- One line for every administrative change. worker_id is null for the command line; area is empty for the whole installation.
CREATE TABLE admin_events (
    id BLOB NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    worker_id BLOB REFERENCES workers (id),
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    area TEXT NOT NULL,
    before_words TEXT,
    after_words TEXT
);
CREATE INDEX admin_events_at ON admin_events (at, id);
CREATE INDEX admin_events_target ON admin_events (target, at, id);

-- One-time codes by which a worker makes or mends the own account. purpose: enrol, password, totp.
CREATE TABLE invitations (
    id BLOB NOT NULL PRIMARY KEY,
    worker_id BLOB NOT NULL REFERENCES workers (id),
    purpose TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX invitations_code ON invitations (code_hash);
CREATE INDEX invitations_worker ON invitations (worker_id);

CREATE INDEX workers_created ON workers (created_at, id);
CREATE INDEX assignments_area ON assignments (area, worker_id);

-- Policies in the making. state: open, published, discarded.
CREATE TABLE policy_drafts (
    id BLOB NOT NULL PRIMARY KEY,
    county TEXT NOT NULL,
    service TEXT NOT NULL,
    -- the published version that it was cloned from
    based_on BLOB REFERENCES policies (id),
    effective_from TEXT NOT NULL,
    owner TEXT NOT NULL,
    source TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_by BLOB NOT NULL REFERENCES workers (id),
    created_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL REFERENCES workers (id),
    updated_at BIGINT NOT NULL,
    -- what it became
    policy_id BLOB REFERENCES policies (id)
);
CREATE INDEX policy_drafts_county ON policy_drafts (county, service, created_at, id);

-- Who published it; null for the command line and for what was published before this column.
ALTER TABLE policies ADD COLUMN published_by BLOB REFERENCES workers (id);

-- The words of notices where a county has its own; others have the shipped words.
CREATE TABLE notice_words (
    county TEXT NOT NULL,
    event TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_by BLOB NOT NULL REFERENCES workers (id),
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (county, event)
);

-- The latest cases of a county and service, on which a draft is tried.
CREATE INDEX cases_latest ON cases (county, service, submitted_at, id);

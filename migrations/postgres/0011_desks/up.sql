-- The caseworker's day: search, absences and deputies, hand-over of a desk, who looked at which paper.

-- Keyed pairs of neighbouring letters of each name, so that a name is found without being opened.
CREATE TABLE person_name_keys (
    name_key BYTEA NOT NULL,
    person_id BYTEA NOT NULL REFERENCES persons (id),
    PRIMARY KEY (name_key, person_id)
);
CREATE INDEX person_name_keys_person ON person_name_keys (person_id);

-- Who searched, by what, when, and how much was found; of the term only its keyed hash.
CREATE TABLE case_searches (
    id BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    worker_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    term_hash BYTEA NOT NULL,
    hits BIGINT NOT NULL
);
CREATE INDEX case_searches_worker ON case_searches (worker_id, at, id);

-- A worker is away and a deputy holds the posts meanwhile. begun_at and ended_at: when the claims were settled.
CREATE TABLE absences (
    id BYTEA NOT NULL PRIMARY KEY,
    worker_id BYTEA NOT NULL REFERENCES workers (id),
    deputy_id BYTEA NOT NULL REFERENCES workers (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    why TEXT NOT NULL,
    stated_by BYTEA NOT NULL,
    stated_at BIGINT NOT NULL,
    begun_at BIGINT,
    ended_at BIGINT,
    ended_by BYTEA,
    version BIGINT NOT NULL
);
CREATE INDEX absences_worker ON absences (worker_id, until_at);
CREATE INDEX absences_deputy ON absences (deputy_id, until_at);
CREATE INDEX absences_open ON absences (from_at, id) WHERE ended_at IS NULL;

-- What a leader handed over: how many cases went to the other, and how many back to the pool.
CREATE TABLE hand_overs (
    id BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    by_worker BYTEA NOT NULL,
    from_worker BYTEA NOT NULL,
    to_worker BYTEA,
    handed BIGINT NOT NULL,
    returned BIGINT NOT NULL
);
CREATE INDEX hand_overs_from ON hand_overs (from_worker, at, id);

-- Which worker opened which paper, in which post.
CREATE TABLE paper_views (
    id BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    worker_id BYTEA NOT NULL,
    role TEXT NOT NULL,
    area TEXT NOT NULL,
    paper_id BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    variant TEXT NOT NULL
);
CREATE INDEX paper_views_case ON paper_views (case_id, at, id);
CREATE INDEX paper_views_worker ON paper_views (worker_id, at, id);

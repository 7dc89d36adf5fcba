-- Who printed which paper of a case; only ever added to.
CREATE TABLE prints (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases (id),
    at BIGINT NOT NULL,
    worker_id BYTEA NOT NULL REFERENCES workers (id),
    document TEXT NOT NULL,
    -- names and numbers stood in it in full
    open BOOLEAN NOT NULL
);
CREATE INDEX prints_case ON prints (case_id, at, id);

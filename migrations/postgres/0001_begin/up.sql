-- Shared tables. Ids are 16 bytes (UUIDv7), times are epoch milliseconds, dates are YYYY-MM-DD, coded values are TEXT,
-- sealed values are BYTEA (authenticated encryption, key id inside), *_hash are keyed hashes for look-up.

-- What was answered to whom, so that a repeated call has no second effect.
CREATE TABLE idempotency_keys (
    scope BYTEA NOT NULL PRIMARY KEY,
    fingerprint BYTEA NOT NULL,
    answer BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at);

-- Side effects that wait to leave. state: waiting, sending, done, unknown, parked. class: repeatable, once_only.
CREATE TABLE outbox (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    lane TEXT NOT NULL,
    body BYTEA NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    last_fault TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, due_at, id);

-- Facts of this installation: demo marker, clock offset, anchors.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- ------------------------------------------------------------------ policy
CREATE TABLE areas (
    code TEXT NOT NULL PRIMARY KEY,
    level TEXT NOT NULL,
    parent TEXT,
    name TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT
);
CREATE INDEX areas_parent ON areas (parent, code);

CREATE TABLE calendar_days (
    day TEXT NOT NULL PRIMARY KEY,
    working BOOLEAN NOT NULL,
    name TEXT NOT NULL
);
CREATE TABLE calendar_years (
    year BIGINT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    loaded_at BIGINT NOT NULL
);

CREATE TABLE policies (
    id BYTEA NOT NULL PRIMARY KEY,
    county TEXT NOT NULL,
    service TEXT NOT NULL,
    version BIGINT NOT NULL,
    effective_from TEXT NOT NULL,
    owner TEXT NOT NULL,
    source TEXT NOT NULL,
    body TEXT NOT NULL,
    published_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX policies_version ON policies (county, service, version);

-- ------------------------------------------------------------------ people
CREATE TABLE persons (
    id BYTEA NOT NULL PRIMARY KEY,
    county TEXT NOT NULL,
    area TEXT NOT NULL,
    name BYTEA NOT NULL,
    name_masked TEXT NOT NULL,
    id_number BYTEA NOT NULL,
    id_hash BYTEA NOT NULL,
    birth_date BYTEA NOT NULL,
    sex TEXT NOT NULL,
    phone BYTEA,
    phone_hash BYTEA,
    address BYTEA,
    household_hash BYTEA,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX persons_id_hash ON persons (id_hash);
CREATE INDEX persons_area ON persons (area, id);
CREATE INDEX persons_phone ON persons (phone_hash);

CREATE TABLE certificates (
    id BYTEA NOT NULL PRIMARY KEY,
    person_id BYTEA NOT NULL REFERENCES persons (id),
    county TEXT NOT NULL,
    number BYTEA NOT NULL,
    number_hash BYTEA NOT NULL,
    category TEXT NOT NULL,
    components TEXT NOT NULL,
    level TEXT NOT NULL,
    severe BOOLEAN NOT NULL,
    issued_on TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    irreversible BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    superseded_by BYTEA,
    case_id BYTEA,
    updated_at BIGINT NOT NULL
);
CREATE INDEX certificates_person ON certificates (person_id, issued_on, id);
CREATE INDEX certificates_number ON certificates (number_hash);
CREATE INDEX certificates_county ON certificates (county, status, category, level);
CREATE INDEX certificates_expiry ON certificates (county, status, expires_on, id);

-- Kinship between persons: relative_id is the `kind` (parent, child, spouse, guardian) of person_id.
CREATE TABLE kinships (
    id BYTEA NOT NULL PRIMARY KEY,
    person_id BYTEA NOT NULL REFERENCES persons (id),
    relative_id BYTEA NOT NULL REFERENCES persons (id),
    kind TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    evidence TEXT NOT NULL
);
CREATE UNIQUE INDEX kinships_pair ON kinships (person_id, relative_id, kind, valid_from);
CREATE INDEX kinships_relative ON kinships (relative_id);

-- Who looked at whose personal data, and why.
CREATE TABLE reveals (
    id BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    worker_id BYTEA NOT NULL,
    person_id BYTEA NOT NULL,
    case_id BYTEA,
    fields TEXT NOT NULL,
    purpose TEXT NOT NULL
);
CREATE INDEX reveals_person ON reveals (person_id, at, id);
CREATE INDEX reveals_worker ON reveals (worker_id, at, id);

-- ------------------------------------------------------------------ accounts
-- identity: none, claimed, confirmed. status: active, banned, closed.
CREATE TABLE residents (
    id BYTEA NOT NULL PRIMARY KEY,
    status TEXT NOT NULL,
    identity TEXT NOT NULL,
    own_name BYTEA,
    own_id_number BYTEA,
    own_id_hash BYTEA,
    person_id BYTEA REFERENCES persons (id),
    phone BYTEA,
    phone_hash BYTEA,
    confirmed_by TEXT,
    confirmed_at BIGINT,
    preferred_channel TEXT NOT NULL,
    needs TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX residents_own_id ON residents (own_id_hash);
CREATE INDEX residents_person ON residents (person_id);

CREATE TABLE wechat_identities (
    openid_hash BYTEA NOT NULL PRIMARY KEY,
    appid TEXT NOT NULL,
    openid BYTEA NOT NULL,
    unionid_hash BYTEA,
    account_id BYTEA NOT NULL REFERENCES residents (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX wechat_identities_account ON wechat_identities (account_id);
CREATE INDEX wechat_identities_unionid ON wechat_identities (unionid_hash);

-- A resident may act for a person. relation: self, child, ward, kin, proxy. state: claimed, confirmed, refused, ended.
CREATE TABLE links (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES residents (id),
    -- null while the register does not know whom the resident named
    person_id BYTEA REFERENCES persons (id),
    -- whom the resident named
    name BYTEA NOT NULL,
    id_number BYTEA NOT NULL,
    id_hash BYTEA NOT NULL,
    relation TEXT NOT NULL,
    state TEXT NOT NULL,
    evidence BYTEA NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    confirmed_by BYTEA,
    confirmed_at BIGINT,
    area TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX links_account ON links (account_id, person_id, state);
CREATE INDEX links_person ON links (person_id, state);
CREATE INDEX links_area ON links (state, area, id);
CREATE INDEX links_named ON links (id_hash, state);
CREATE UNIQUE INDEX links_once ON links (account_id, person_id, relation, created_at);

CREATE TABLE workers (
    id BYTEA NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    totp BYTEA NOT NULL,
    totp_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    status TEXT NOT NULL,
    person_id BYTEA REFERENCES persons (id),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX workers_username ON workers (username);

CREATE TABLE assignments (
    id BYTEA NOT NULL PRIMARY KEY,
    worker_id BYTEA NOT NULL REFERENCES workers (id),
    role TEXT NOT NULL,
    area TEXT NOT NULL,
    -- the rental point of a point keeper
    point_id BYTEA,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX assignments_worker ON assignments (worker_id);
CREATE INDEX assignments_desk ON assignments (role, area);

CREATE TABLE sessions (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_why TEXT
);
CREATE INDEX sessions_account ON sessions (account_id, ended_at);

CREATE TABLE refresh_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    session_id BYTEA NOT NULL REFERENCES sessions (id),
    issued_at BIGINT NOT NULL,
    used_at BIGINT,
    successor BYTEA
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- What every instance must know within a second: sessions and accounts that are no longer good.
CREATE TABLE revocations (
    id BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    subject BYTEA NOT NULL
);
CREATE INDEX revocations_at ON revocations (at, id);

CREATE TABLE consents (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL,
    person_id BYTEA,
    purpose TEXT NOT NULL,
    text_version TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX consents_account ON consents (account_id, purpose);

-- ------------------------------------------------------------------ cases
CREATE TABLE cases (
    id BYTEA NOT NULL PRIMARY KEY,
    number TEXT NOT NULL,
    service TEXT NOT NULL,
    kind TEXT NOT NULL,
    period TEXT NOT NULL,
    county TEXT NOT NULL,
    area TEXT NOT NULL,
    person_id BYTEA NOT NULL REFERENCES persons (id),
    applicant_id BYTEA REFERENCES residents (id),
    filed_by BYTEA REFERENCES workers (id),
    channel TEXT NOT NULL,
    policy_id BYTEA NOT NULL REFERENCES policies (id),
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- the chain of desks is pinned by the policy; -1 before submission
    chain_at BIGINT NOT NULL,
    desk TEXT,
    desk_area TEXT,
    desk_point BYTEA,
    resume_state TEXT,
    claimed_by BYTEA REFERENCES workers (id),
    claim_until BIGINT,
    submitted_at BIGINT,
    state_since BIGINT NOT NULL,
    due_at BIGINT,
    -- working days that were left when a clock was stopped
    days_left BIGINT,
    -- when the system itself must look at the case again
    alarm_at BIGINT,
    ended_at BIGINT,
    -- one live case per person, service, kind and period: present while the case lives
    live_key TEXT,
    data_key BYTEA NOT NULL,
    head BYTEA NOT NULL,
    events BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX cases_number ON cases (number);
CREATE UNIQUE INDEX cases_live ON cases (live_key);
CREATE INDEX cases_applicant ON cases (applicant_id, created_at, id);
CREATE INDEX cases_person ON cases (person_id, service, state);
CREATE INDEX cases_desk ON cases (desk, desk_area, submitted_at, id);
CREATE INDEX cases_point ON cases (desk_point, submitted_at, id);
CREATE INDEX cases_claimed ON cases (claimed_by, submitted_at, id);
CREATE INDEX cases_alarm ON cases (alarm_at);
CREATE INDEX cases_report ON cases (county, service, kind, state, ended_at);

CREATE TABLE case_events (
    case_id BYTEA NOT NULL REFERENCES cases (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    role TEXT NOT NULL,
    actor BYTEA,
    desk TEXT,
    desk_area TEXT,
    -- coded reason or step of the service, never free text
    reason TEXT,
    -- sealed with the case's key: note to the applicant
    note BYTEA,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (case_id, seq)
);
CREATE INDEX case_events_at ON case_events (at);

CREATE TABLE history_anchors (
    id BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    events BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    signature BYTEA NOT NULL
);
CREATE INDEX history_anchors_at ON history_anchors (at);

CREATE TABLE case_sections (
    case_id BYTEA NOT NULL REFERENCES cases (id),
    section TEXT NOT NULL,
    version BIGINT NOT NULL,
    body BYTEA NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, section)
);

-- state: received, withdrawn. One row a page.
CREATE TABLE papers (
    id BYTEA NOT NULL PRIMARY KEY,
    owner_account BYTEA,
    person_id BYTEA NOT NULL REFERENCES persons (id),
    case_id BYTEA NOT NULL REFERENCES cases (id),
    material TEXT NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    pages BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    -- the stored file, shared by papers that were re-used from another case
    file_id BYTEA NOT NULL,
    file_key BYTEA NOT NULL,
    has_thumbnail BOOLEAN NOT NULL,
    alt_text BYTEA NOT NULL,
    uploaded_at BIGINT NOT NULL
);
CREATE INDEX papers_case ON papers (case_id, material, uploaded_at, id);
CREATE INDEX papers_person ON papers (person_id, material, uploaded_at, id);
CREATE INDEX papers_file ON papers (file_id);

-- state: open, answered, accepted.
CREATE TABLE correction_items (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases (id),
    round BIGINT NOT NULL,
    place BIGINT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    note BYTEA,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    answered_at BIGINT
);
CREATE INDEX correction_items_case ON correction_items (case_id, round, place);

-- The board of public notices: masked and short-lived.
CREATE TABLE publications (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases (id),
    county TEXT NOT NULL,
    area TEXT NOT NULL,
    service TEXT NOT NULL,
    line TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX publications_case ON publications (case_id, from_at);
CREATE INDEX publications_board ON publications (county, until_at, id);

CREATE TABLE ratings (
    case_id BYTEA NOT NULL PRIMARY KEY REFERENCES cases (id),
    grade BIGINT NOT NULL,
    comment BYTEA,
    at BIGINT NOT NULL
);

-- ------------------------------------------------------------------ notices
CREATE TABLE notices (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES residents (id),
    case_id BYTEA,
    event_seq BIGINT,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notices_account ON notices (account_id, created_at, id);
CREATE INDEX notices_unread ON notices (account_id, read_at);
CREATE UNIQUE INDEX notices_once ON notices (account_id, case_id, event_seq);

-- How many messages of a template a resident still allows. sent state: waiting, sent, no_credit, refused, unknown.
CREATE TABLE wechat_credits (
    account_id BYTEA NOT NULL REFERENCES residents (id),
    template TEXT NOT NULL,
    credits BIGINT NOT NULL,
    refused BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, template)
);
CREATE TABLE wechat_messages (
    id BYTEA NOT NULL PRIMARY KEY,
    notice_id BYTEA NOT NULL REFERENCES notices (id),
    account_id BYTEA NOT NULL REFERENCES residents (id),
    template TEXT NOT NULL,
    state TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX wechat_messages_notice ON wechat_messages (notice_id);
CREATE INDEX wechat_messages_waiting ON wechat_messages (account_id, template) WHERE state = 'waiting';

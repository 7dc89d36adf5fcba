-- Codes by text message that prove a phone number: hashed, five minutes, five tries, once.
CREATE TABLE sms_codes (
    id BYTEA NOT NULL PRIMARY KEY,
    phone_hash BYTEA NOT NULL,
    code_hash BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX sms_codes_phone ON sms_codes (phone_hash, created_at, id);
CREATE INDEX sms_codes_day ON sms_codes (created_at);
CREATE INDEX residents_phone ON residents (phone_hash);

-- Codes that a worker hands to somebody in person: hashed, a day, five tries, once. The row of the same id in reveals
-- says which worker, for whom and why. slot: the first half of the digits, by which the row is found.
CREATE TABLE counter_codes (
    id BYTEA NOT NULL PRIMARY KEY,
    person_id BYTEA NOT NULL REFERENCES persons (id),
    slot TEXT NOT NULL,
    code_hash BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    account_id BYTEA
);
CREATE INDEX counter_codes_slot ON counter_codes (slot, expires_at);
CREATE INDEX counter_codes_person ON counter_codes (person_id, expires_at);

-- Who was told of which event of a case, and how beside the notice in the app. recipient: an account, or a person without one.
-- reach: app, wechat, sms, call, visit; the last way that was taken.
CREATE TABLE tellings (
    case_id BYTEA NOT NULL,
    event_seq BIGINT NOT NULL,
    recipient BYTEA NOT NULL,
    notice_id BYTEA,
    reach TEXT NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, event_seq, recipient)
);

-- One text message and its fate. state: waiting, sent, refused, day_limit, expired, failed, unknown. Neither number nor words.
CREATE TABLE sms_messages (
    id BYTEA NOT NULL PRIMARY KEY,
    template TEXT NOT NULL,
    recipient BYTEA,
    case_id BYTEA,
    event_seq BIGINT,
    state TEXT NOT NULL,
    -- by which the provider's support finds it
    serial TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sms_messages_event ON sms_messages (case_id, event_seq, recipient);

-- What WeChat pushed to us and we acted on, each once; also the trail of what was erased on its word.
CREATE TABLE wechat_pushes (
    dedup_key TEXT NOT NULL PRIMARY KEY,
    event TEXT NOT NULL,
    account_id BYTEA,
    at BIGINT NOT NULL
);
CREATE INDEX wechat_pushes_at ON wechat_pushes (at);

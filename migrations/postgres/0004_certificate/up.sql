-- What a certificate case knows beyond the shared case.
-- assessment: none, waived, needed, ordered, done. card: none, to_be_made, made, posted, handed_out, received.
CREATE TABLE certificate_cases (
    case_id BYTEA NOT NULL PRIMARY KEY REFERENCES cases (id),
    county TEXT NOT NULL,
    -- the person while the case lives, drafts included: one card case at a time
    holder_live BYTEA,
    -- submitted and not ended: the old card is neither frozen nor cancelled meanwhile
    filed BOOLEAN NOT NULL,
    old_certificate_id BYTEA REFERENCES certificates (id),
    assessment TEXT NOT NULL,
    reason_code TEXT,
    -- sealed with the case's key: why an officer ordered an assessment
    ordered_because BYTEA,
    ordered_by BYTEA,
    -- since when a result is awaited from the hospital
    waiting_since BIGINT,
    card TEXT NOT NULL,
    new_certificate_id BYTEA REFERENCES certificates (id),
    made_at BIGINT,
    -- sealed with the case's key
    tracking_no BYTEA,
    receiver BYTEA,
    handed_at BIGINT,
    -- when a posted card counts as received
    receipt_due_at BIGINT
);
CREATE UNIQUE INDEX certificate_cases_holder ON certificate_cases (holder_live);
CREATE UNIQUE INDEX certificate_cases_new_card ON certificate_cases (new_certificate_id);
CREATE INDEX certificate_cases_old_card ON certificate_cases (old_certificate_id);
CREATE INDEX certificate_cases_waiting ON certificate_cases (county, waiting_since, case_id);
CREATE INDEX certificate_cases_receipt ON certificate_cases (receipt_due_at, case_id);

-- One case makes one card.
CREATE UNIQUE INDEX certificates_case ON certificates (case_id);

-- Results of assessments; the last round counts, earlier ones stay. level is empty when the standard is not met.
CREATE TABLE certificate_assessments (
    case_id BYTEA NOT NULL REFERENCES cases (id),
    round BIGINT NOT NULL,
    category TEXT NOT NULL,
    components TEXT NOT NULL,
    level TEXT,
    assessed_on TEXT NOT NULL,
    hospital TEXT NOT NULL,
    at_home BOOLEAN NOT NULL,
    assessor BYTEA NOT NULL,
    entered_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, round)
);

-- How far the daily round over lapsed cards has come; one row.
CREATE TABLE certificate_rounds (
    name TEXT NOT NULL PRIMARY KEY,
    day TEXT NOT NULL,
    -- JSON: county, status, last card seen; empty when the round of that day is finished
    progress TEXT NOT NULL
);

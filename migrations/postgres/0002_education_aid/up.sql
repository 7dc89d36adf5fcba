-- Education aid: seasons with their money, awards, and how they are paid.

-- One announced round of aid. status: published, closed. The committed figures are what approved cases hold of the budget.
CREATE TABLE seasons (
    id BYTEA NOT NULL PRIMARY KEY,
    county TEXT NOT NULL,
    year BIGINT NOT NULL,
    -- what a case keeps as its period: year and a few characters of the id
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    notice_no TEXT NOT NULL,
    opens_on TEXT NOT NULL,
    closes_on TEXT NOT NULL,
    -- the day on which certificates must be valid
    review_on TEXT NOT NULL,
    -- the day on which the household must have been so, when the policy fixes it
    exam_on TEXT,
    second_evidence_due TEXT,
    budget_fen BIGINT NOT NULL,
    quota BIGINT NOT NULL,
    committed_fen BIGINT NOT NULL,
    committed_count BIGINT NOT NULL,
    -- JSON list of beneficiary, stage and amount
    standards TEXT NOT NULL,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_by BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT seasons_budget CHECK (committed_fen >= 0 AND committed_fen <= budget_fen),
    CONSTRAINT seasons_quota CHECK (committed_count >= 0 AND committed_count <= quota)
);
CREATE UNIQUE INDEX seasons_code ON seasons (code);
CREATE INDEX seasons_county ON seasons (county, year, id);

-- What an approved case gets. state: on_notice, evidence_due, payable, in_batch, failed, paid, revoked.
CREATE TABLE awards (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases (id),
    season_id BYTEA NOT NULL REFERENCES seasons (id),
    person_id BYTEA NOT NULL REFERENCES persons (id),
    beneficiary TEXT NOT NULL,
    stage TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- payments that were tried
    attempts BIGINT NOT NULL,
    -- why the bank refused the last one
    fault TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX awards_case ON awards (case_id);
-- One award per person and season.
CREATE UNIQUE INDEX awards_once ON awards (season_id, person_id) WHERE state <> 'revoked';
CREATE INDEX awards_state ON awards (season_id, state, id);

-- status: open, exported, booked.
CREATE TABLE payment_batches (
    id BYTEA NOT NULL PRIMARY KEY,
    season_id BYTEA NOT NULL REFERENCES seasons (id),
    county TEXT NOT NULL,
    number TEXT NOT NULL,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    line_count BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    -- the file as it went to the bank, sealed, and the hash of its bytes
    file BYTEA,
    file_sha256 BYTEA,
    created_by BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    exported_by BYTEA,
    exported_at BIGINT,
    booked_by BYTEA,
    booked_at BIGINT
);
CREATE UNIQUE INDEX payment_batches_number ON payment_batches (number);
CREATE INDEX payment_batches_county ON payment_batches (county, created_at, id);

-- state: open, paid, failed.
CREATE TABLE payment_lines (
    batch_id BYTEA NOT NULL REFERENCES payment_batches (id),
    line_no BIGINT NOT NULL,
    award_id BYTEA NOT NULL REFERENCES awards (id),
    case_id BYTEA NOT NULL REFERENCES cases (id),
    amount_fen BIGINT NOT NULL,
    state TEXT NOT NULL,
    fault TEXT,
    booked_at BIGINT,
    PRIMARY KEY (batch_id, line_no)
);
-- Nobody is ever paid twice: an award has one line that waits or was paid.
CREATE UNIQUE INDEX payment_lines_once ON payment_lines (award_id) WHERE state IN ('open', 'paid');

-- Help in person: a worker fills in the very same case at the counter or at home, with consent that is written down;
-- and the day sheet that a commissioner takes along.

-- Somebody agreed that this worker acts for this person until then. given_at: when it was said; recorded_at: when it was entered.
CREATE TABLE mandates (
    id BLOB NOT NULL PRIMARY KEY,
    worker_id BLOB NOT NULL REFERENCES workers (id),
    person_id BLOB NOT NULL REFERENCES persons (id),
    relation TEXT NOT NULL,
    giver BLOB,
    giver_account BLOB REFERENCES residents (id),
    channel TEXT NOT NULL,
    form TEXT NOT NULL,
    text_version TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by BLOB,
    version BIGINT NOT NULL
);
CREATE INDEX mandates_worker ON mandates (worker_id, recorded_at, id);
CREATE INDEX mandates_person ON mandates (person_id, worker_id, until_at);

-- When the applicant handed an application to the worker who entered it; the day of application counts by it.
ALTER TABLE cases ADD COLUMN handed_over_at BIGINT;
CREATE INDEX cases_filed ON cases (filed_by, created_at, id) WHERE filed_by IS NOT NULL;

-- What is open in a village, and who of it has a device, by place.
CREATE INDEX cases_village ON cases (area, state) WHERE ended_at IS NULL;
CREATE INDEX tickets_village ON tickets (area, kind) WHERE ended_at IS NULL;

-- A sheet that was taken along to a village: whose facts left the office, and for which errands.
CREATE TABLE day_sheets (
    id BLOB NOT NULL PRIMARY KEY,
    worker_id BLOB NOT NULL REFERENCES workers (id),
    area TEXT NOT NULL,
    taken_at BIGINT NOT NULL
);
CREATE INDEX day_sheets_worker ON day_sheets (worker_id, taken_at, id);

CREATE TABLE day_sheet_lines (
    sheet_id BLOB NOT NULL REFERENCES day_sheets (id),
    line BIGINT NOT NULL,
    person_id BLOB NOT NULL REFERENCES persons (id),
    errand TEXT NOT NULL,
    errand_label TEXT NOT NULL,
    case_id BLOB,
    ticket_id BLOB,
    due_on TEXT,
    PRIMARY KEY (sheet_id, line)
);

CREATE INDEX day_sheet_lines_case ON day_sheet_lines (case_id) WHERE case_id IS NOT NULL;

-- What happened on the way. happened_at is the worker's word, recorded_at ours. The id is the phone's own, so that a sheet
-- can be handed in again.
CREATE TABLE visits (
    id BLOB NOT NULL PRIMARY KEY,
    sheet_id BLOB NOT NULL REFERENCES day_sheets (id),
    line BIGINT,
    worker_id BLOB NOT NULL REFERENCES workers (id),
    person_id BLOB NOT NULL REFERENCES persons (id),
    outcome TEXT NOT NULL,
    note BLOB,
    happened_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    fingerprint BLOB NOT NULL
);
CREATE INDEX visits_sheet ON visits (sheet_id, happened_at, id);
CREATE INDEX visits_person ON visits (person_id, happened_at, id);

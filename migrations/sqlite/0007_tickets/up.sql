-- What residents report and what the office must do about it outside a case: could not get it done, a problem, a bad
-- rating, call me, visit me. All words lie in ticket_entries, sealed with the ticket's own key.
CREATE TABLE tickets (
    id BLOB NOT NULL PRIMARY KEY,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    county TEXT NOT NULL,
    area TEXT NOT NULL,
    desk TEXT NOT NULL,
    desk_area TEXT NOT NULL,
    person_id BLOB REFERENCES persons (id),
    case_id BLOB REFERENCES cases (id),
    account_id BLOB REFERENCES residents (id),
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    claimed_by BLOB REFERENCES workers (id),
    claim_until BIGINT,
    -- by when the office must act; null while it waits for the resident, and when it is closed
    due_at BIGINT,
    -- when the clock looks at it again
    alarm_at BIGINT,
    -- calls or visits that reached nobody
    tries BIGINT NOT NULL,
    reopened BOOLEAN NOT NULL,
    outcome TEXT,
    -- one live call or visit for a person and case: present while it lives
    live_key TEXT,
    data_key BLOB NOT NULL,
    entries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX tickets_number ON tickets (number);
CREATE UNIQUE INDEX tickets_live ON tickets (live_key);
CREATE INDEX tickets_desk ON tickets (desk, desk_area, due_at, id);
CREATE INDEX tickets_account ON tickets (account_id, created_at, id);
CREATE INDEX tickets_alarm ON tickets (alarm_at, id);
CREATE INDEX tickets_report ON tickets (county, created_at, kind);

-- Append-only.
CREATE TABLE ticket_entries (
    ticket_id BLOB NOT NULL REFERENCES tickets (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    step TEXT NOT NULL,
    role TEXT NOT NULL,
    actor BLOB,
    desk TEXT NOT NULL,
    desk_area TEXT NOT NULL,
    words BLOB,
    PRIMARY KEY (ticket_id, seq)
);

-- Days and desks of tickets, by county; each change is a row of its own, the newest counts.
CREATE TABLE ticket_terms (
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    changed_by BLOB NOT NULL REFERENCES workers (id),
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (county, version)
);

-- What everybody is told when the app starts. county is null for everywhere.
CREATE TABLE announcements (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    county TEXT,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_by BLOB NOT NULL REFERENCES workers (id),
    changed_at BIGINT NOT NULL
);
CREATE INDEX announcements_until ON announcements (until_at, id);
CREATE INDEX announcements_made ON announcements (created_at, id);

-- Device rental. A live promise of a device is a row keyed by one unit, so that no more can be promised than exist.

-- status: open, closed. opening_days: digits of weekdays, Monday is 1.
CREATE TABLE rental_points (
    id BLOB NOT NULL PRIMARY KEY,
    county TEXT NOT NULL,
    area TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    opening_days TEXT NOT NULL,
    pickups_per_day BIGINT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX rental_points_name ON rental_points (county, name);

-- service_life_months: no second device of the kind for that long after a hand-out; 0 for no such rule.
CREATE TABLE device_models (
    id BLOB NOT NULL PRIMARY KEY,
    county TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    alt_text TEXT NOT NULL,
    service_life_months BIGINT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_models_code ON device_models (county, code);

-- state: available, lent, to_inspect, to_disinfect, under_repair, missing, retired. Nothing is lent that was not signed clean.
CREATE TABLE device_units (
    id BLOB NOT NULL PRIMARY KEY,
    model_id BLOB NOT NULL REFERENCES device_models (id),
    point_id BLOB NOT NULL REFERENCES rental_points (id),
    asset_tag TEXT NOT NULL,
    serial TEXT NOT NULL,
    state TEXT NOT NULL,
    inspected_by BLOB,
    inspected_at BIGINT,
    disinfected_by BLOB,
    disinfected_at BIGINT,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT device_units_clean CHECK (
        state NOT IN ('available', 'lent') OR (inspected_by IS NOT NULL AND disinfected_by IS NOT NULL)
    )
);
CREATE UNIQUE INDEX device_units_tag ON device_units (asset_tag);
CREATE INDEX device_units_stock ON device_units (point_id, model_id, state, id);
CREATE INDEX device_units_list ON device_units (point_id, created_at, id);

-- Live promises only: from reservation (or offer) to return. kind: offer, reservation, loan.
-- The unit is the place that the promise takes in the stock; which item is handed out is settled at hand-out.
CREATE TABLE device_promises (
    unit_id BLOB NOT NULL PRIMARY KEY REFERENCES device_units (id),
    point_id BLOB NOT NULL REFERENCES rental_points (id),
    model_id BLOB NOT NULL REFERENCES device_models (id),
    kind TEXT NOT NULL,
    case_id BLOB REFERENCES cases (id),
    wait_id BLOB,
    made_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_promises_case ON device_promises (case_id);
CREATE UNIQUE INDEX device_promises_wait ON device_promises (wait_id);
CREATE INDEX device_promises_stock ON device_promises (point_id, model_id, kind, made_at);

-- state: reserved, displaced, out, ended. ended_why: returned, withdrawn, not_picked_up, lost.
CREATE TABLE device_loans (
    id BLOB NOT NULL PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id),
    person_id BLOB NOT NULL REFERENCES persons (id),
    point_id BLOB NOT NULL REFERENCES rental_points (id),
    model_id BLOB NOT NULL REFERENCES device_models (id),
    state TEXT NOT NULL,
    unit_id BLOB REFERENCES device_units (id),
    -- the unit while it is out: one open loan per unit
    open_unit BLOB,
    -- present while something waits to be picked up
    pickup_code_hash BLOB,
    pickup_code BLOB NOT NULL,
    pickup_on TEXT NOT NULL,
    pickup_until TEXT NOT NULL,
    deposit_fen BIGINT NOT NULL,
    reserved_at BIGINT NOT NULL,
    out_on TEXT,
    due_on TEXT,
    extensions BIGINT NOT NULL,
    -- the next day on which the borrower is reminded, and what was said last: none, due_soon, overdue
    remind_on TEXT,
    reminded TEXT NOT NULL,
    returned_at BIGINT,
    return_point BLOB REFERENCES rental_points (id),
    condition TEXT,
    ended_why TEXT
);
CREATE UNIQUE INDEX device_loans_case ON device_loans (case_id);
CREATE UNIQUE INDEX device_loans_open_unit ON device_loans (open_unit);
CREATE UNIQUE INDEX device_loans_code ON device_loans (pickup_code_hash);
CREATE INDEX device_loans_person ON device_loans (person_id, state);
CREATE INDEX device_loans_stock ON device_loans (point_id, model_id, state, reserved_at, id);
CREATE INDEX device_loans_list ON device_loans (point_id, state, reserved_at, id);
CREATE INDEX device_loans_pickup ON device_loans (state, pickup_until, id);
CREATE INDEX device_loans_remind ON device_loans (state, remind_on, id);

-- state: waiting, offered, taken, expired, left. live_key while waiting or offered: a person waits once for a model at a point.
CREATE TABLE device_waits (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES persons (id),
    account_id BLOB NOT NULL REFERENCES residents (id),
    point_id BLOB NOT NULL REFERENCES rental_points (id),
    model_id BLOB NOT NULL REFERENCES device_models (id),
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    offer_until BIGINT,
    live_key TEXT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_waits_live ON device_waits (live_key);
CREATE INDEX device_waits_line ON device_waits (point_id, model_id, state, since, id);
CREATE INDEX device_waits_account ON device_waits (account_id, since, id);
CREATE INDEX device_waits_offers ON device_waits (state, offer_until, id);

-- The log of each unit: append-only.
CREATE TABLE device_unit_events (
    id BLOB NOT NULL PRIMARY KEY,
    unit_id BLOB NOT NULL REFERENCES device_units (id),
    at BIGINT NOT NULL,
    step TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    point_id BLOB NOT NULL,
    worker_id BLOB,
    case_id BLOB
);
CREATE INDEX device_unit_events_unit ON device_unit_events (unit_id, at, id);

-- What a borrower said about a device. kind: damaged, bad_fit. words are sealed.
CREATE TABLE device_damage_reports (
    id BLOB NOT NULL PRIMARY KEY,
    loan_id BLOB NOT NULL REFERENCES device_loans (id),
    unit_id BLOB NOT NULL REFERENCES device_units (id),
    account_id BLOB NOT NULL REFERENCES residents (id),
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    words BLOB NOT NULL
);
CREATE INDEX device_damage_reports_loan ON device_damage_reports (loan_id, at, id);

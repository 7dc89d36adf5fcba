-- The limit of a ticket as a moment and a number of working days, as cases have theirs, so that its day can be counted anew
-- when the calendar changes. A ticket from before keeps the day that it has until somebody acts on it.
ALTER TABLE tickets ADD COLUMN clock_from BIGINT;
ALTER TABLE tickets ADD COLUMN clock_days BIGINT;
CREATE INDEX tickets_running ON tickets (id) WHERE clock_from IS NOT NULL;

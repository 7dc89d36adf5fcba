-- What the yearly report counts (office/reports/yearly.rs).

-- What a season was planned to reach: JSON list of name, stages and number.
ALTER TABLE seasons ADD COLUMN targets TEXT NOT NULL DEFAULT '[]';

-- Certificate cases that were completed, with what the report tells apart.
CREATE VIEW report_certificate_cases AS
    SELECT c.id AS case_id, c.county, c.kind, c.ended_at,
        EXISTS (
            SELECT 1 FROM papers p WHERE p.case_id = c.id AND p.material = 'residence_permit' AND p.state = 'received'
        ) AS cross_province,
        EXISTS (SELECT 1 FROM certificate_assessments a WHERE a.case_id = c.id AND a.at_home) AS at_home
    FROM cases c WHERE c.service = 'certificate' AND c.state = 'completed';

-- The cases that ended in a year, without those of other years; the old one began with the county and the kind and read them all.
DROP INDEX cases_report;
CREATE INDEX cases_ended ON cases (service, state, ended_at, county, kind, id);
CREATE INDEX device_loans_out ON device_loans (out_on, point_id, person_id);

-- Lines of history of cases that are picked first: by what moved in a period, and by where they belong. SQLite takes tables
-- joined by CROSS JOIN in this order; in the order of report_lines it would read every line of every county's cases that
-- moved, and throw most of them away. PostgreSQL finds its own order.
CREATE VIEW report_moves AS
    SELECT c.id AS case_id, e.seq, e.at, e.action, e.to_state, e.actor, e.desk, c.service, c.county
    FROM cases c CROSS JOIN case_events e WHERE e.case_id = c.id;

-- Papers of a person for re-use, newest first.
CREATE INDEX papers_reuse ON papers (person_id, uploaded_at, id);

-- Proofs of enrolment that follow after approval, until they are confirmed or the award is taken back.
CREATE TABLE awaited_proofs (
    award_id BLOB NOT NULL PRIMARY KEY REFERENCES awards (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    since BIGINT NOT NULL,
    refused_at BIGINT,
    reminded BOOLEAN NOT NULL,
    warned_at BIGINT,
    look_at BIGINT NOT NULL
);
CREATE INDEX awaited_proofs_look ON awaited_proofs (look_at, award_id);
INSERT INTO awaited_proofs (award_id, case_id, since, refused_at, reminded, warned_at, look_at)
    SELECT id, case_id, updated_at, NULL, FALSE, NULL, updated_at FROM awards WHERE state = 'evidence_due';

-- Papers of a person for re-use, newest first.
CREATE INDEX papers_reuse ON papers (person_id, uploaded_at, id);

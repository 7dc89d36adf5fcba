-- The whole life of a case: limits that stand still and are counted anew, work that is put off, second thoughts, appeals.

-- The limit of the present state: from when, how many working days; none while it stands still.
ALTER TABLE cases ADD COLUMN clock_from BIGINT;
ALTER TABLE cases ADD COLUMN clock_days BIGINT;
ALTER TABLE cases ADD COLUMN risk_at BIGINT;
-- The limit of the whole case. While it stands still, total_from is empty and total_left holds what was left.
ALTER TABLE cases ADD COLUMN total_from BIGINT;
ALTER TABLE cases ADD COLUMN total_days BIGINT;
ALTER TABLE cases ADD COLUMN total_left BIGINT;
ALTER TABLE cases ADD COLUMN total_due_at BIGINT;
-- Put off, since when and why.
ALTER TABLE cases ADD COLUMN held_at BIGINT;
ALTER TABLE cases ADD COLUMN held_reason TEXT;
-- Who took the last decision, and where the case was before it; empty once somebody acted on it.
ALTER TABLE cases ADD COLUMN decided_by BYTEA;
ALTER TABLE cases ADD COLUMN prior TEXT;
ALTER TABLE cases ADD COLUMN appealed_at BIGINT;
-- Who refused it; an appeal is decided by somebody else.
ALTER TABLE cases ADD COLUMN refused_by BYTEA;
ALTER TABLE cases ADD COLUMN urged_at BIGINT;
-- Reminders sent about the open correction.
ALTER TABLE cases ADD COLUMN reminders BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN merged_into BYTEA;

-- Who leads a desk may take over what a colleague holds.
ALTER TABLE assignments ADD COLUMN lead BOOLEAN NOT NULL DEFAULT FALSE;

R"sql(
-- What waits for the decision of a second person (store/approvals.h).
CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  scopes TEXT NOT NULL,
  asked_by TEXT NOT NULL REFERENCES users (id),
  asked_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  decision BIGINT NOT NULL,
  decided_by TEXT REFERENCES users (id),
  decided_at BIGINT,
  reason TEXT NOT NULL
);
CREATE INDEX approvals_by_subject ON approvals (subject);
CREATE INDEX approvals_open ON approvals (expires_at) WHERE decision = 0;

-- Tokens on their way to the person that they are for (store/handovers.h).
CREATE TABLE handovers (
  id TEXT PRIMARY KEY,
  credential TEXT NOT NULL REFERENCES credentials (id),
  recipient TEXT NOT NULL,
  user_id TEXT REFERENCES users (id),
  made_by TEXT NOT NULL REFERENCES users (id),
  hash TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  wrong_codes BIGINT NOT NULL,
  sealed_secret TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  taken_at BIGINT,
  ended_at BIGINT
);
CREATE INDEX handovers_by_credential ON handovers (credential);
CREATE INDEX handovers_open ON handovers (expires_at) WHERE ended_at IS NULL;

-- Records that an apply file owns, by its label: what --prune may take away.
CREATE TABLE applied (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (kind, subject)
);
CREATE INDEX applied_by_label ON applied (label);
)sql"

R"sql(
-- Several credentials for each site and account, told apart by what they were made for (src/model/site.h).
ALTER TABLE upstream_credentials ADD COLUMN scopes TEXT;
ALTER TABLE upstream_credentials ADD COLUMN replaces TEXT;
DROP INDEX upstream_credentials_in_use;
CREATE INDEX upstream_credentials_by_site ON upstream_credentials (site, account);

-- Who may end a pause (src/model/state.h).
ALTER TABLE users ADD COLUMN pause_resume_by BIGINT NOT NULL DEFAULT 1;
ALTER TABLE sites ADD COLUMN pause_resume_by BIGINT NOT NULL DEFAULT 1;
ALTER TABLE accounts ADD COLUMN pause_resume_by BIGINT NOT NULL DEFAULT 1;
ALTER TABLE grants ADD COLUMN pause_resume_by BIGINT NOT NULL DEFAULT 1;
ALTER TABLE credentials ADD COLUMN pause_resume_by BIGINT NOT NULL DEFAULT 1;

-- One resource paused for one token, one service account or a whole site (src/model/resource_pause.h).
CREATE TABLE resource_pauses (
  subject_kind BIGINT NOT NULL,
  subject TEXT NOT NULL,
  site TEXT NOT NULL REFERENCES sites (id),
  resource_id TEXT NOT NULL,
  resource_key TEXT NOT NULL,
  pause_reason TEXT NOT NULL,
  pause_until BIGINT,
  pause_resume_by BIGINT NOT NULL,
  PRIMARY KEY (subject_kind, subject, site, resource_id)
);

-- The boundary that a token is to have: its requests are judged by it until then, and bounded by it from then on.
ALTER TABLE credentials ADD COLUMN propose_until BIGINT;
CREATE TABLE proposed_entries (
  credential TEXT NOT NULL REFERENCES credentials (id),
  position BIGINT NOT NULL,
  site TEXT NOT NULL REFERENCES sites (id),
  resource_id TEXT NOT NULL,
  resource_key TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (credential, position)
);

-- What requests of such tokens would have met: one row for each operation, outcome and resource, never bodies.
CREATE TABLE judgements (
  credential TEXT NOT NULL,
  site TEXT NOT NULL,
  operation TEXT NOT NULL,
  outcome TEXT NOT NULL,
  resource TEXT NOT NULL,
  requests BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  request_id TEXT NOT NULL,
  PRIMARY KEY (credential, site, operation, outcome, resource)
);
)sql"

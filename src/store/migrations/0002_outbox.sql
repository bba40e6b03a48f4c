R"sql(
-- Telling people. A notice says what happened, a matter is what stays open until somebody has dealt with it, a message is one
-- notice on its way to one recipient, a delivery is one attempt.
CREATE TABLE matters (
  id TEXT PRIMARY KEY,
  topic TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  rung BIGINT NOT NULL,
  escalate_at BIGINT,
  acknowledged_at BIGINT,
  acknowledged_by TEXT
);
CREATE UNIQUE INDEX matters_open ON matters (topic, subject_kind, subject_id) WHERE closed_at IS NULL;

CREATE TABLE notices (
  id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  subject_name TEXT NOT NULL,
  facts TEXT NOT NULL,
  once_key TEXT UNIQUE,
  matter TEXT REFERENCES matters (id),
  addressed_at BIGINT
);
CREATE INDEX notices_to_address ON notices (at) WHERE addressed_at IS NULL;
CREATE INDEX notices_by_subject ON notices (subject_id, at);

CREATE TABLE messages (
  id TEXT PRIMARY KEY,
  notice TEXT NOT NULL REFERENCES notices (id),
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  reason TEXT NOT NULL,
  state BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  claimed_until BIGINT,
  attempts BIGINT NOT NULL,
  sent_at BIGINT,
  problem TEXT NOT NULL,
  UNIQUE (notice, channel, recipient)
);
CREATE INDEX messages_due ON messages (due_at) WHERE state = 1;

CREATE TABLE deliveries (
  message TEXT NOT NULL REFERENCES messages (id),
  attempt BIGINT NOT NULL,
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (message, attempt)
);
CREATE INDEX deliveries_by_age ON deliveries (at);

CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  form BIGINT NOT NULL,
  sealed_secret TEXT NOT NULL,
  kinds TEXT NOT NULL,
  state BIGINT NOT NULL,
  pause_reason TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX webhooks_by_name ON webhooks (name) WHERE state <> 0;

CREATE TABLE calendar_feeds (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  hash TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id);

CREATE TABLE notify_preferences (
  user_id TEXT PRIMARY KEY REFERENCES users (id),
  digest TEXT NOT NULL
);
)sql"

R"sql(
-- One text for SQLite and PostgreSQL: TEXT and BIGINT only. Instants are milliseconds since 1970 in UTC, bytes are base64url,
-- sets of names are separated by spaces, numbers of states and kinds are those of src/model.

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  email_lower TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role BIGINT NOT NULL,
  state BIGINT NOT NULL,
  pause_reason TEXT NOT NULL,
  pause_until BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE sites (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  product BIGINT NOT NULL,
  base_url TEXT NOT NULL,
  cloud_id TEXT NOT NULL,
  host TEXT NOT NULL,
  state BIGINT NOT NULL,
  pause_reason TEXT NOT NULL,
  pause_until BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX sites_by_key ON sites (key) WHERE state <> 3;
CREATE UNIQUE INDEX sites_by_host ON sites (host, product) WHERE state <> 3 AND host <> '';

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL REFERENCES users (id),
  deputy TEXT REFERENCES users (id),
  purpose TEXT NOT NULL,
  runs_in TEXT NOT NULL,
  docs_url TEXT NOT NULL,
  runbook_url TEXT NOT NULL,
  rotation_plan TEXT NOT NULL,
  rotate_every BIGINT,
  expected_every BIGINT,
  criticality BIGINT NOT NULL,
  state BIGINT NOT NULL,
  pause_reason TEXT NOT NULL,
  pause_until BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX accounts_by_owner ON accounts (owner);

-- At most one that is not revoked for each site and account; no account: the site's own.
CREATE TABLE upstream_credentials (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL REFERENCES sites (id),
  account TEXT REFERENCES accounts (id),
  auth BIGINT NOT NULL,
  username TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  owner TEXT REFERENCES users (id),
  deputy TEXT REFERENCES users (id),
  expires_at BIGINT,
  state BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX upstream_credentials_in_use ON upstream_credentials (site, COALESCE(account, '')) WHERE state IN (1, 2);

CREATE TABLE user_resources (
  user_id TEXT NOT NULL REFERENCES users (id),
  position BIGINT NOT NULL,
  site TEXT NOT NULL REFERENCES sites (id),
  resource_id TEXT NOT NULL,
  resource_key TEXT NOT NULL,
  PRIMARY KEY (user_id, position)
);

CREATE TABLE grants (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts (id),
  site TEXT NOT NULL REFERENCES sites (id),
  resource_id TEXT NOT NULL,
  resource_key TEXT NOT NULL,
  scopes TEXT NOT NULL,
  role TEXT NOT NULL,
  directory BIGINT NOT NULL,
  restricted BIGINT NOT NULL,
  granted_by TEXT NOT NULL REFERENCES users (id),
  backing BIGINT NOT NULL,
  grace_ends_at BIGINT,
  state BIGINT NOT NULL,
  pause_reason TEXT NOT NULL,
  pause_until BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX grants_by_account ON grants (account);
CREATE INDEX grants_by_resource ON grants (site, resource_id);

CREATE TABLE credentials (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts (id),
  kind BIGINT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  role TEXT NOT NULL,
  expires_at BIGINT,
  rotate_every BIGINT,
  overlap BIGINT NOT NULL,
  owner TEXT NOT NULL REFERENCES users (id),
  requested_by TEXT NOT NULL REFERENCES users (id),
  allow_ips TEXT NOT NULL,
  rate_requests BIGINT NOT NULL,
  rate_per BIGINT NOT NULL,
  relaxed_queries BIGINT NOT NULL,
  state BIGINT NOT NULL,
  pause_reason TEXT NOT NULL,
  pause_until BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX credentials_by_account ON credentials (account);
CREATE INDEX credentials_by_expiry ON credentials (expires_at);

CREATE TABLE boundary_entries (
  credential TEXT NOT NULL REFERENCES credentials (id),
  position BIGINT NOT NULL,
  site TEXT NOT NULL REFERENCES sites (id),
  resource_id TEXT NOT NULL,
  resource_key TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (credential, position)
);
CREATE INDEX boundary_by_resource ON boundary_entries (site, resource_id);

CREATE TABLE secrets (
  id TEXT PRIMARY KEY,
  credential TEXT NOT NULL REFERENCES credentials (id),
  position BIGINT NOT NULL,
  hash TEXT NOT NULL,
  state BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  first_used_at BIGINT,
  ends_at BIGINT
);
CREATE INDEX secrets_by_credential ON secrets (credential);

CREATE TABLE admin_keys (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  expires_at BIGINT,
  state BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX admin_keys_by_user ON admin_keys (user_id);

CREATE TABLE sign_in_links (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  purpose BIGINT NOT NULL,
  hash TEXT NOT NULL,
  sealed_payload TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  content TEXT NOT NULL
);

CREATE TABLE audit_records (
  sequence BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  action TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target_id TEXT NOT NULL,
  target_name TEXT NOT NULL,
  before_json TEXT NOT NULL,
  after_json TEXT NOT NULL,
  reason TEXT NOT NULL,
  outcome TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  on_behalf_of TEXT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  key_epoch BIGINT NOT NULL,
  mac TEXT NOT NULL
);
CREATE INDEX audit_by_target ON audit_records (target_id, sequence);
CREATE INDEX audit_by_actor ON audit_records (actor_id, sequence);

-- The one row under whose lock writers order themselves.
CREATE TABLE chain_head (
  id BIGINT PRIMARY KEY,
  sequence BIGINT NOT NULL,
  mac TEXT NOT NULL,
  key_epoch BIGINT NOT NULL,
  change_number BIGINT NOT NULL
);
INSERT INTO chain_head (id, sequence, mac, key_epoch, change_number) VALUES (1, 0, '', 0, 0);

CREATE TABLE change_log (
  change_number BIGINT NOT NULL,
  aggregate BIGINT NOT NULL,
  aggregate_id TEXT NOT NULL,
  PRIMARY KEY (change_number, aggregate, aggregate_id)
);

CREATE TABLE write_lines (
  request_id TEXT NOT NULL,
  object_id TEXT NOT NULL,
  object_key TEXT NOT NULL,
  at BIGINT NOT NULL,
  credential TEXT NOT NULL,
  secret TEXT NOT NULL,
  account TEXT NOT NULL,
  site TEXT NOT NULL,
  operation TEXT NOT NULL,
  resource TEXT NOT NULL,
  upstream_trace_id TEXT NOT NULL,
  status BIGINT NOT NULL,
  PRIMARY KEY (request_id, object_id, object_key)
);
CREATE INDEX write_lines_by_id ON write_lines (site, object_id, at);
CREATE INDEX write_lines_by_key ON write_lines (site, object_key, at);

CREATE TABLE usage_ticks (
  credential TEXT NOT NULL,
  hour BIGINT NOT NULL,
  site TEXT NOT NULL,
  operation TEXT NOT NULL,
  resource TEXT NOT NULL,
  outcome TEXT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  requests BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (credential, hour, site, operation, resource, outcome, address, user_agent)
);
CREATE INDEX usage_ticks_by_hour ON usage_ticks (hour);

CREATE TABLE kept_decisions (
  request_id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  credential TEXT NOT NULL,
  content TEXT NOT NULL
);
CREATE INDEX kept_decisions_by_age ON kept_decisions (at);
)sql"

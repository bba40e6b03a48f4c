R"sql(
-- How people prove who they are, and what they hold once they did. Secrets are keyed hashes or sealed texts.
CREATE TABLE logins (
  user_id TEXT PRIMARY KEY REFERENCES users (id),
  sealed_password TEXT NOT NULL,
  password_set_at BIGINT,
  sealed_code_key TEXT NOT NULL,
  code_step BIGINT NOT NULL,
  recovery_hashes TEXT NOT NULL
);

CREATE TABLE passkeys (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  credential TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  uses BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);
CREATE INDEX passkeys_by_user ON passkeys (user_id);

CREATE TABLE login_sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  hash TEXT NOT NULL,
  way TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  proved_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  ended_at BIGINT,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX login_sessions_by_user ON login_sessions (user_id, ended_at);

-- What works once: challenges, links that are signed and not stored.
CREATE TABLE used_once (
  id TEXT PRIMARY KEY,
  ends_at BIGINT NOT NULL
);
CREATE INDEX used_once_by_age ON used_once (ends_at);

-- RFC 8628: a command-line tool that waits for its person's word.
CREATE TABLE device_requests (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  code_hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  state BIGINT NOT NULL,
  user_id TEXT REFERENCES users (id),
  created_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  polled_at BIGINT
);

-- Who somebody is at the company's provider: issuer and subject, never an e-mail address.
CREATE TABLE identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_user ON identities (user_id);

-- The company's directory (SCIM 2.0).
CREATE TABLE directory_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE TABLE directory_people (
  user_id TEXT PRIMARY KEY REFERENCES users (id),
  user_name TEXT NOT NULL,
  user_name_lower TEXT NOT NULL UNIQUE,
  external_id TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX directory_people_by_external ON directory_people (external_id);

CREATE TABLE directory_groups (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_lower TEXT NOT NULL UNIQUE,
  external_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);

CREATE TABLE directory_members (
  group_id TEXT NOT NULL REFERENCES directory_groups (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX directory_members_by_user ON directory_members (user_id);

-- An owner offers an account; the other accepts or not.
CREATE TABLE transfer_offers (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts (id),
  from_user TEXT NOT NULL REFERENCES users (id),
  to_user TEXT NOT NULL REFERENCES users (id),
  created_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  decided_at BIGINT,
  accepted BIGINT NOT NULL
);
CREATE INDEX transfer_offers_by_person ON transfer_offers (to_user, decided_at);

-- What was answered to requests with an Idempotency-Key.
CREATE TABLE idempotent_requests (
  id TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  ends_at BIGINT NOT NULL
);
CREATE INDEX idempotent_requests_by_age ON idempotent_requests (ends_at);
)sql"

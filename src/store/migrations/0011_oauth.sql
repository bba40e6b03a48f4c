R"sql(
-- What an OAuth client or app has beyond every credential (store/oauth.h).
CREATE TABLE oauth_clients (
  credential TEXT PRIMARY KEY REFERENCES credentials (id),
  auth BIGINT NOT NULL,
  key_set TEXT NOT NULL,
  redirect_uris TEXT NOT NULL,
  issuer TEXT NOT NULL,
  audience TEXT NOT NULL,
  subject TEXT NOT NULL,
  claims TEXT NOT NULL
);
CREATE INDEX oauth_clients_by_issuer ON oauth_clients (issuer) WHERE issuer <> '';

-- The keys that access tokens are made with; their secrets are sealed.
CREATE TABLE oauth_keys (
  id TEXT PRIMARY KEY,
  form BIGINT NOT NULL,
  sealed_secret TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  signs_from BIGINT NOT NULL,
  ends_at BIGINT
);

-- Access tokens, and families of them, that were revoked before their time.
CREATE TABLE oauth_ended (
  id TEXT PRIMARY KEY,
  ended_at BIGINT NOT NULL,
  forget_at BIGINT NOT NULL
);
CREATE INDEX oauth_ended_until ON oauth_ended (forget_at);
)sql"

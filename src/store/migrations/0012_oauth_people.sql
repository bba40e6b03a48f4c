R"sql(
-- What people let apps do in their name (store/consents.h). One that is live for each person and app.
CREATE TABLE oauth_consents (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  app TEXT NOT NULL REFERENCES credentials (id),
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE UNIQUE INDEX oauth_consents_live ON oauth_consents (user_id, app) WHERE ended_at IS NULL;
CREATE INDEX oauth_consents_by_app ON oauth_consents (app);
CREATE TABLE oauth_consent_resources (
  consent TEXT NOT NULL REFERENCES oauth_consents (id),
  position BIGINT NOT NULL,
  site TEXT NOT NULL REFERENCES sites (id),
  resource_id TEXT NOT NULL,
  resource_key TEXT NOT NULL,
  PRIMARY KEY (consent, position)
);

-- Refresh tokens, by hash. All that came of one sign-in are a family, and end together.
CREATE TABLE oauth_refresh_tokens (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  family TEXT NOT NULL,
  consent TEXT NOT NULL REFERENCES oauth_consents (id),
  client TEXT NOT NULL REFERENCES credentials (id),
  content TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  idle_ends_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  used_at BIGINT,
  successor TEXT,
  sealed_successor TEXT NOT NULL
);
CREATE INDEX oauth_refresh_tokens_by_family ON oauth_refresh_tokens (family);
CREATE INDEX oauth_refresh_tokens_by_consent ON oauth_refresh_tokens (consent);
)sql"

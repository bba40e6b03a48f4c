R"sql(
-- A person's own sign-in at Atlassian (3LO), bound by the Atlassian account id and by nothing else (store/atlassian_grants.h).
CREATE TABLE atlassian_grants (
  user_id TEXT PRIMARY KEY REFERENCES users (id),
  account_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  sealed_access TEXT NOT NULL,
  access_ends_at BIGINT NOT NULL,
  sealed_refresh TEXT NOT NULL,
  connected_at BIGINT NOT NULL,
  renewed_at BIGINT NOT NULL,
  renewing_until BIGINT NOT NULL,
  ended_at BIGINT,
  looked_at BIGINT,
  version BIGINT NOT NULL
);

-- What the product itself said when it was asked by that sign-in: who administers what.
CREATE TABLE atlassian_authority (
  user_id TEXT NOT NULL REFERENCES users (id),
  site TEXT NOT NULL REFERENCES sites (id),
  resource_id TEXT NOT NULL,
  resource_key TEXT NOT NULL,
  administers BIGINT NOT NULL,
  checked_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, site, resource_id)
);
CREATE INDEX atlassian_authority_by_age ON atlassian_authority (administers, checked_at);
)sql"

R"sql(
-- The register: where an automation runs, what people say that it uses, and whether it is only kept here.
ALTER TABLE accounts ADD COLUMN tool TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN repository TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN job TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN link TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN declared_sites TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN declared_resources TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN declared_scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN external BIGINT NOT NULL DEFAULT 0;

-- Credentials of kind external: where they were read, and how they stand there (store/register.h).
CREATE TABLE external_credentials (
  credential TEXT PRIMARY KEY REFERENCES credentials (id),
  source BIGINT NOT NULL,
  organization TEXT NOT NULL,
  upstream_id TEXT NOT NULL,
  holder_id TEXT NOT NULL,
  holder_name TEXT NOT NULL,
  holder_email TEXT NOT NULL,
  person BIGINT NOT NULL,
  status TEXT NOT NULL,
  made_at BIGINT,
  last_active_at BIGINT,
  imported_at BIGINT NOT NULL,
  vanished_at BIGINT
);
CREATE UNIQUE INDEX external_credentials_by_upstream ON external_credentials (organization, upstream_id) WHERE upstream_id <> '';

-- Which service account of Atlassian an account of the register stands for.
CREATE TABLE external_accounts (
  organization TEXT NOT NULL,
  upstream_id TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES accounts (id),
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  imported_at BIGINT NOT NULL,
  vanished_at BIGINT,
  PRIMARY KEY (organization, upstream_id)
);
CREATE INDEX external_accounts_by_account ON external_accounts (account);
)sql"

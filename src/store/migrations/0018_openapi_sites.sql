R"sql(
-- Sites of other APIs: what their document says, and how much may be asked of a site in all.
ALTER TABLE sites ADD COLUMN spec_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE sites ADD COLUMN budget_requests BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN budget_per BIGINT NOT NULL DEFAULT 0;
CREATE TABLE site_documents (
  site TEXT PRIMARY KEY,
  document TEXT NOT NULL
);
)sql"

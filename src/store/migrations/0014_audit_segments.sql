R"sql(
-- Older records of the audit chain that lie in files (audit/segments.h). The signature covers every other column.
CREATE TABLE audit_segments (
  first BIGINT PRIMARY KEY,
  last BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  mac TEXT NOT NULL,
  key_epoch BIGINT NOT NULL,
  digest TEXT NOT NULL,
  rotated_at BIGINT,
  sealed_at BIGINT NOT NULL,
  signature TEXT NOT NULL
);
)sql"

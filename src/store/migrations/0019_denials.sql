R"sql(
-- What Gatehouse refused, one row for each token, operation, reason and resource; never bodies or queries. credential '': nobody's.
-- resource holds display keys with spaces between, resource_id the immutable id where it is one alone: a key may come to mean another
-- project. hidden 1: answered as if it were not there, whatever the reason. request_id is the last one's.
CREATE TABLE denials (
  credential TEXT NOT NULL,
  site TEXT NOT NULL,
  operation TEXT NOT NULL,
  reason TEXT NOT NULL,
  resource TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  requests BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  request_id TEXT NOT NULL,
  hidden BIGINT NOT NULL,
  PRIMARY KEY (credential, site, operation, reason, resource, resource_id, hidden)
);
CREATE INDEX denials_by_age ON denials (last_at);
)sql"

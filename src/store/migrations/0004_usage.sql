R"sql(
-- Usage: hours become days, and what was seen of each credential is kept beside its totals (store/rollups.h).
-- Place and tool are made of address and user agent when a tick is stored (store/places.h).
ALTER TABLE usage_ticks ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE usage_ticks ADD COLUMN tool TEXT NOT NULL DEFAULT '';
ALTER TABLE write_lines ADD COLUMN address TEXT NOT NULL DEFAULT '';
CREATE INDEX write_lines_by_credential ON write_lines (credential, at);
CREATE INDEX write_lines_by_age ON write_lines (at);

-- One row. Hours before rolled_until are in the tables below; the rest is read from usage_ticks. refresh_after is where the round of
-- refreshed_day goes on; flushes is only there to be locked.
CREATE TABLE usage_state (
  id BIGINT PRIMARY KEY,
  rolled_until BIGINT NOT NULL,
  refreshed_day BIGINT NOT NULL,
  refresh_after TEXT NOT NULL,
  flushes BIGINT NOT NULL
);
INSERT INTO usage_state (id, rolled_until, refreshed_day, refresh_after, flushes) VALUES (1, 0, 0, '', 0);

CREATE TABLE usage_days (
  credential TEXT NOT NULL,
  day BIGINT NOT NULL,
  requests BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (credential, day)
);

-- One row a credential. month_* and consumers are of the last 30 days, unused_* and beyond (what was
-- declared) of its whole life; both are made anew each day.
CREATE TABLE usage_totals (
  credential TEXT PRIMARY KEY,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  permitted_at BIGINT NOT NULL,
  requests BIGINT NOT NULL,
  days BIGINT NOT NULL,
  month_days BIGINT NOT NULL,
  month_requests BIGINT NOT NULL,
  month_refused BIGINT NOT NULL,
  month_failed BIGINT NOT NULL,
  month_objects BIGINT NOT NULL,
  consumers BIGINT NOT NULL,
  unused_scopes TEXT NOT NULL,
  unused_resources TEXT NOT NULL,
  beyond TEXT NOT NULL
);

-- Kind 1: operation b on site a. 2: resources b on site a. 3: tool b at place a. hours: bit 0 to 23 the hour of the day (UTC),
-- bit 24 to 30 the day of the week, Monday first.
CREATE TABLE usage_seen (
  credential TEXT NOT NULL,
  kind BIGINT NOT NULL,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  sample TEXT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  requests BIGINT NOT NULL,
  days BIGINT NOT NULL,
  hours BIGINT NOT NULL,
  PRIMARY KEY (credential, kind, a, b)
);
CREATE INDEX usage_seen_by_kind ON usage_seen (kind, credential, last_at);
CREATE INDEX boundary_by_site ON boundary_entries (site, credential);
CREATE INDEX boundary_whole_site ON boundary_entries (credential) WHERE resource_id = '*';
CREATE INDEX usage_seen_by_first ON usage_seen (kind, first_at);
)sql"

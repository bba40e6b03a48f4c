R"sql(
-- What the reports look up for each of many tokens, without the rest of the rows.
DROP INDEX usage_seen_by_kind;
CREATE INDEX usage_seen_by_kind ON usage_seen (kind, credential, a, b, last_at, first_at);
CREATE INDEX credentials_ends ON credentials (id, state, expires_at);
CREATE INDEX usage_totals_beyond ON usage_totals (credential) WHERE beyond <> '';
CREATE INDEX usage_totals_times ON usage_totals (credential, first_at, last_at);
)sql"

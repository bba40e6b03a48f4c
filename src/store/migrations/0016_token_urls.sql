R"sql(
-- Where the access tokens of a site's OAuth 2.0 client credentials come from.
ALTER TABLE upstream_credentials ADD COLUMN token_url TEXT NOT NULL DEFAULT '';
)sql"

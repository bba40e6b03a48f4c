R"sql(
-- The address of a webhook is a secret as its key is: only its origin stays readable. Addresses that lay open are not carried over;
-- such a webhook has to be added again.
ALTER TABLE webhooks RENAME COLUMN url TO origin;
ALTER TABLE webhooks ADD COLUMN sealed_url TEXT NOT NULL DEFAULT '';
UPDATE webhooks SET state = 0, origin = '', sealed_secret = '';

-- What was told of one matter; and how many messages came to what end, for monitoring.
CREATE INDEX notices_by_matter ON notices (matter) WHERE matter IS NOT NULL;
CREATE INDEX messages_by_outcome ON messages (channel, state);

-- Old secrets that still live beside their successors.
CREATE INDEX secrets_in_overlap ON secrets (ends_at) WHERE state = 3;
)sql"

R"sql(
-- A device that waits may be an app's (RFC 8628): whose, what it asks for, and the sealed code once its person has said yes.
ALTER TABLE device_requests ADD COLUMN app TEXT NOT NULL DEFAULT '';
ALTER TABLE device_requests ADD COLUMN asked TEXT NOT NULL DEFAULT '';
ALTER TABLE device_requests ADD COLUMN answer TEXT NOT NULL DEFAULT '';
-- Whether an app may begin on a device: else its public id would do to ask people for consent in its name.
ALTER TABLE oauth_clients ADD COLUMN device BIGINT NOT NULL DEFAULT 0;
)sql"

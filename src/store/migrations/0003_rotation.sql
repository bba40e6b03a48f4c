R"sql(
-- Who rotates a credential, and its right to make its own successor (model/credential.h).
ALTER TABLE credentials ADD COLUMN rotated_by BIGINT NOT NULL DEFAULT 1;
ALTER TABLE credentials ADD COLUMN self_rotate BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN self_rotate_ips TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN self_rotate_left BIGINT;

-- Who uses a secret during a rotation and after its end: at most some dozens of places for each secret (store/secret_uses.h).
CREATE TABLE secret_uses (
  secret TEXT NOT NULL,
  dead BIGINT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  credential TEXT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  PRIMARY KEY (secret, dead, address, user_agent)
);
CREATE INDEX secret_uses_by_credential ON secret_uses (credential);
CREATE INDEX secret_uses_by_age ON secret_uses (last_at);
)sql"

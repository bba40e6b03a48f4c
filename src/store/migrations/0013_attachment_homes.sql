R"sql(
-- Under which issue an attachment was seen last: a memory of the gateway's, slot by slot, that proves nothing.
CREATE TABLE attachment_homes (
  slot BIGINT NOT NULL PRIMARY KEY,
  home BIGINT NOT NULL
);
)sql"

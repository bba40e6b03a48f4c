// What to do about a refused request where nothing that one can give would permit it (the server says what would: `changes` of a decision).
// The words of reasons are those of src/model/decision.cpp.
const kAdvice: Record<string, string> = {
  no_credential: 'The request had no token. Send it as “Authorization: Bearer …”.',
  invalid_token: 'What was sent is no token of this Gatehouse: cut off, mistyped, or of another installation.',
  revoked: 'The token was revoked, which is final. Its owner can make another.',
  expired: 'The token has ended. Its owner can make another.',
  outside_boundary: 'What it asks for lies outside of the token’s resources, or does not exist: the answer is the same, so that nobody can tell by it. Is the key right?',
  wrong_site: 'The token has nothing on this site. Is it the right one, and the right address?',
  operation_refused: 'No grant opens this operation to such a token. Is there another operation that does the same?',
  upstream_credential: 'The site does not take the credential that Gatehouse shows to it: expired, revoked, or with fewer rights. An organization administrator can test the site.',
  rate_limited: 'It called faster than its rate. Wait as long as Retry-After says; a rate can only be lowered on a token, so more needs a new one.',
  target_not_canonical: 'The address is written in a way that two servers could read differently. Send it without dots, doubled slashes and encoded slashes.',
  unknown_operation: 'Gatehouse does not know this operation. See docs/reference/operations.md for those that it does.',
  unknown_parameter: 'Gatehouse does not know one of the parameters, so it can’t say what it would do. Leave it out.',
  bad_request: 'The request itself is not well-formed; the last step says where.',
  query_refused: 'The query can’t be confined to the token’s resources; the last step says where. Name the project in it.',
  body_refused: 'Something in the body reaches outside, or is not known; the last step says what. Leave it out.',
  shared_container: 'It reaches something that several projects share. Use an operation on one project.',
  upstream_unavailable: 'The site did not answer in time. Nothing was changed by Gatehouse; try again.',
  upstream_answer: 'The site’s answer could not be checked, so it was not passed on.',
  too_large: 'The request or its answer is larger than the limits. Ask for less at a time.',
  overloaded: 'Gatehouse was busy. Try again as Retry-After says.',
  stale: 'This node had not heard from the database for too long, so it refused. Look at /readyz.',
  internal: 'Gatehouse could not decide, and then refuses. Its log has the request id.',
};

export const adviceOf = (reason: string): string => kAdvice[reason] ?? 'The last step says what stopped it.';

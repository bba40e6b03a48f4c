// The API wants a key, and says which one it saw; json-server loads this as a middleware.
module.exports = (request, answer, next) => {
  if (request.get("authorization")) return answer.status(418).json({ error: "a client's token came here" });
  return request.get("x-api-key") === "upstream-key" ? next() : answer.status(401).json({ error: "no key" });
};

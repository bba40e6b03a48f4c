// The company's provider for test_provider.py: `node provider.mjs PORT REDIRECT_URI`. Its own pages let in whoever gives a name; the name
// is the subject, and the e-mail address is that name at example.com.
import Provider from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "gatehouse", client_secret: "a secret of the provider", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email"], profile: ["name"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["only for tests"] },
  pkce: { required: () => true },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, name: id }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));

// The peer of bench/oauth.py: npm's oidc-provider with the same clients. node oidc_provider.mjs PORT CLIENTS.json
// A client that asks with resource=urn:jwt:ALG gets a JWT access token; without it an opaque one.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const [port, file] = process.argv.slice(2);
const clients = JSON.parse(readFileSync(file, "utf8"));
const jwk = (pair, alg) => ({ ...pair.privateKey.export({ format: "jwk" }), alg, use: "sig", kid: alg });
const keys = [jwk(generateKeyPairSync("ec", { namedCurve: "P-256" }), "ES256"), jwk(generateKeyPairSync("ed25519"), "EdDSA")];

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: clients.map(([id, secret]) => ({
    client_id: id, client_secret: secret, redirect_uris: [], response_types: [], grant_types: ["client_credentials"],
    token_endpoint_auth_method: "client_secret_basic" })),
  cookies: { keys: ["only for measuring"] },
  jwks: { keys },
  clientDefaults: { id_token_signed_response_alg: "ES256" },
  enabledJWA: { idTokenSigningAlgValues: ["ES256", "EdDSA"] },
  scopes: ["read:jira-work"],
  ttl: { ClientCredentials: 3600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({
        scope: "read:jira-work", accessTokenFormat: "jwt", accessTokenTTL: 3600, jwt: { sign: { alg: resource.split(":").pop() } } }),
    },
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));

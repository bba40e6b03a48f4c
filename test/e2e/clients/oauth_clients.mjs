// What oauth4webapi, openid-client and jose do against the authorization server: one line of JSON a call on standard output.
//   oauth_clients.mjs CONFIG.json      {"issuer","client":{"client_id","client_secret"},"signing":{"client_id","jwk"},"app":{…},"redirect_uri"}
// For the authorization code it prints {"authorize":URL} and reads the address that the browser was sent back to from standard input.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as jose from "jose";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const issuer = new URL(config.issuer);
const insecure = { [oauth.allowInsecureRequests]: true };
const details = JSON.stringify([{ type: "gatehouse_resource", identifier: "acme/A" }]);

async function call(name, action) {
  try {
    console.log(JSON.stringify({ call: name, ok: true, value: (await action()) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ call: name, ok: false, error: `${error}`, cause: `${error.cause?.error ?? error.cause ?? ""}` }));
  }
}

function ensure(what, message) {
  if (!what) throw new Error(message);
}

const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure }));

async function grant(client, authentication, parameters = {}) {
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, new URLSearchParams(parameters), insecure);
  return oauth.processClientCredentialsResponse(server, client, response);
}

async function withOauth4webapi() {
  const client = { client_id: config.client.client_id };
  const basic = oauth.ClientSecretBasic(config.client.client_secret);
  await call("oauth4webapi client_secret_basic", async () => ensure((await grant(client, basic)).expires_in === 3600, "expires_in"));
  await call("oauth4webapi client_secret_post", async () => ensure((await grant(client, oauth.ClientSecretPost(config.client.client_secret))).access_token, "token"));
  await call("oauth4webapi authorization_details", async () =>
    ensure((await grant(client, basic, { authorization_details: details })).authorization_details[0].identifier === "acme/A", "details"));
  await call("oauth4webapi wrong secret", async () => {
    try {
      await grant(client, oauth.ClientSecretBasic("nonsense"));
    } catch (error) {
      return ensure(`${error.cause?.error ?? error.error}`.includes("invalid_client") || error.code === "OAUTH_WWW_AUTHENTICATE_CHALLENGE", error);
    }
    throw new Error("it was taken");
  });
  await call("oauth4webapi introspection and revocation", async () => {
    const { access_token: token } = await grant(client, basic);
    const look = async () => oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, basic, token, insecure));
    ensure((await look()).active === true, "active");
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, basic, token, insecure));
    ensure((await look()).active === false, "not active");
  });
  for (const signing of config.signing) {
    await call(`oauth4webapi private_key_jwt ${signing.jwk.alg}`, async () => {
      const key = await jose.importJWK(signing.jwk, signing.jwk.alg);
      ensure((await grant({ client_id: signing.client_id }, oauth.PrivateKeyJwt({ key, kid: signing.jwk.kid }))).access_token, "token");
    });
  }
}

async function withOpenidClient() {
  const options = { algorithm: "oauth2", execute: [openid.allowInsecureRequests] };
  const known = await openid.discovery(issuer, config.client.client_id, {}, openid.ClientSecretPost(config.client.client_secret), options);
  let token;
  await call("openid-client client credentials", async () => {
    token = (await openid.clientCredentialsGrant(known, { scope: "read:jira-work" })).access_token;
  });
  await call("openid-client token exchange", async () => {
    const narrower = await openid.genericGrantRequest(known, "urn:ietf:params:oauth:grant-type:token-exchange", {
      subject_token: token, subject_token_type: "urn:ietf:params:oauth:token-type:access_token", authorization_details: details });
    ensure(narrower.issued_token_type === "urn:ietf:params:oauth:token-type:access_token", "issued_token_type");
  });
  await call("openid-client introspection", async () => ensure((await openid.tokenIntrospection(known, token)).active, "active"));
  await call("openid-client revocation", async () => openid.tokenRevocation(known, token));
  const app = await openid.discovery(issuer, config.app.client_id, {}, openid.ClientSecretPost(config.app.client_secret), options);
  await call("openid-client authorization code with PKCE, refresh", async () => {
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    const url = openid.buildAuthorizationUrl(app, {
      redirect_uri: config.redirect_uri, scope: "read:jira-work offline_access", state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", audience: "api.atlassian.com" });
    console.log(JSON.stringify({ authorize: url.href }));
    const back = await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", resolve));
    const tokens = await openid.authorizationCodeGrant(app, new URL(back), { pkceCodeVerifier: verifier, expectedState: state });
    ensure(tokens.refresh_token.startsWith("gthr_"), "refresh token");
    const fresh = await openid.refreshTokenGrant(app, tokens.refresh_token);
    ensure(fresh.access_token && fresh.refresh_token !== tokens.refresh_token, "rotated");
  });
}

async function onADevice() {
  const options = { algorithm: "oauth2", execute: [openid.allowInsecureRequests] };
  const app = await openid.discovery(issuer, config.app.client_id, {}, openid.ClientSecretPost(config.app.client_secret), options);
  await call("openid-client device authorization", async () => {
    const begun = await openid.initiateDeviceAuthorization(app, { scope: "read:jira-work offline_access" });
    ensure(begun.verification_uri.startsWith(config.issuer), "verification_uri");
    console.log(JSON.stringify({ device: begun.verification_uri_complete }));
    const tokens = await openid.pollDeviceAuthorizationGrant(app, begun);
    ensure(tokens.access_token && tokens.refresh_token.startsWith("gthr_"), "tokens");
  });
}

async function withJose() {
  const keys = jose.createRemoteJWKSet(new URL(server.jwks_uri));
  const options = { issuer: config.issuer, audience: config.issuer, typ: "at+jwt" };
  for (const [form, token] of Object.entries(config.signed)) {
    await call(`jose verifies ${form}`, async () => {
      const { payload, protectedHeader } = await jose.jwtVerify(token, keys, { ...options, algorithms: [form] });
      ensure(protectedHeader.alg === form && payload.client_id === config.client.client_id && payload.jti && payload.sub, "claims");
    });
  }
}

await withOauth4webapi();
await withOpenidClient();
await onADevice();
await withJose();
process.exit(0);

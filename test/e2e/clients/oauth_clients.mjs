// What oauth4webapi, openid-client and jose do against the authorization server: one line of JSON a call on standard output, and at the
// end whatever the metadata lists that none of them did.
//   oauth_clients.mjs CONFIG.json      {"issuer","client","signing":[{"client_id","jwk"}],"app","public","federation":{"client_id","jwk",…},"signed",…}
// For a browser's part it prints {"authorize":URL} and reads from standard input the address that the browser was sent back to.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as jose from "jose";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const issuer = new URL(config.issuer);
const insecure = { [oauth.allowInsecureRequests]: true };
const details = JSON.stringify([{ type: "gatehouse_resource", identifier: "acme/A" }]);
const kExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
const kAccess = "urn:ietf:params:oauth:token-type:access_token";
const kDevice = "urn:ietf:params:oauth:grant-type:device_code";
const kAssertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

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

/** What was done of what the metadata lists, as "field value". */
const done = new Set();
const did = (field, value) => done.add(`${field} ${value}`);

const key = (one, algorithm = one.jwk.alg) => jose.importJWK({ ...one.jwk, alg: algorithm }, algorithm);

/** A client assertion that jose signs: for the algorithms as they are named, not as oauth4webapi names them. */
const signedByJose = (one, algorithm) => async (as, client, body) => {
  const text = await new jose.SignJWT({ jti: crypto.randomUUID() }).setProtectedHeader({ alg: algorithm, kid: one.jwk.kid }).setIssuer(client.client_id)
    .setSubject(client.client_id).setAudience(as.issuer).setIssuedAt().setExpirationTime("1m").sign(await key(one, algorithm));
  body.set("client_id", client.client_id);
  body.set("client_assertion_type", kAssertion);
  body.set("client_assertion", text);
};

async function grant(client, authentication, parameters = {}) {
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, new URLSearchParams(parameters), insecure);
  did("grant_types_supported", "client_credentials");
  return oauth.processClientCredentialsResponse(server, client, response);
}

async function introspect(client, authentication, token) {
  return oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, authentication, token, insecure));
}

async function revoke(client, authentication, token) {
  return oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, token, insecure));
}

/** Each way for a client to prove itself, at each of the three endpoints. */
async function waysToProve() {
  const secret = { client: { client_id: config.client.client_id } };
  const ways = [
    { ...secret, method: "client_secret_basic", prove: oauth.ClientSecretBasic(config.client.client_secret) },
    { ...secret, method: "client_secret_post", prove: oauth.ClientSecretPost(config.client.client_secret) },
  ];
  for (const signing of config.signing) {
    const client = { client_id: signing.client_id };
    const own = { client, method: "private_key_jwt", prove: oauth.PrivateKeyJwt({ key: await key(signing), kid: signing.jwk.kid }) };
    ways.push(own, { ...own, algorithm: signing.jwk.alg, prove: signedByJose(signing, signing.jwk.alg) });
    if (signing.jwk.alg === "EdDSA") ways.push({ ...own, algorithm: "Ed25519", prove: signedByJose(signing, "Ed25519") });
  }
  for (const { client, method, algorithm, prove } of ways) {
    await call(`oauth4webapi ${method} ${algorithm ?? ""}`, async () => {
      const { access_token: token, expires_in: lifetime } = await grant(client, prove);
      ensure(lifetime === 3600, "expires_in");
      ensure((await introspect(client, prove, token)).active === true, "active");
      await revoke(client, prove, token);
      ensure((await introspect(client, prove, token)).active === false, "not active");
      for (const endpoint of ["token", "introspection", "revocation"]) {
        did(`${endpoint}_endpoint_auth_methods_supported`, method);
        if (algorithm) did(`${endpoint}_endpoint_auth_signing_alg_values_supported`, algorithm);
      }
    });
  }
  await call("oauth4webapi wrong secret", async () => {
    try {
      await grant(secret.client, oauth.ClientSecretBasic("nonsense"));
    } catch (error) {
      return ensure(`${error.cause?.error ?? error.error}`.includes("invalid_client") || error.code === "OAUTH_WWW_AUTHENTICATE_CHALLENGE", error);
    }
    throw new Error("it was taken");
  });
}

async function narrowing() {
  const client = { client_id: config.client.client_id };
  const basic = oauth.ClientSecretBasic(config.client.client_secret);
  await call("oauth4webapi authorization_details, resource, scope", async () => {
    ensure((await grant(client, basic, { authorization_details: details })).authorization_details[0].identifier === "acme/A", "details");
    did("authorization_details_types_supported", "gatehouse_resource");
    const site = `${config.issuer}/ex/jira/acme`;
    ensure((await introspect(client, basic, (await grant(client, basic, { resource: site })).access_token)).aud === site, "aud");
    for (const scope of ["read:jira-work", "write:jira-work", "read:jira-user"]) ensure((await grant(client, basic, { scope })).scope === scope, scope);
    for (const scope of ["offline_access", "read:jira-work"]) ensure(server.scopes_supported.includes(scope), scope);
  });
  const options = { algorithm: "oauth2", execute: [openid.allowInsecureRequests] };
  const known = await openid.discovery(issuer, config.client.client_id, {}, openid.ClientSecretPost(config.client.client_secret), options);
  await call("openid-client token exchange", async () => {
    const { access_token: token } = await openid.clientCredentialsGrant(known, { scope: "read:jira-work" });
    const narrower = await openid.genericGrantRequest(known, kExchange, { subject_token: token, subject_token_type: kAccess, authorization_details: details });
    ensure(narrower.issued_token_type === kAccess, "issued_token_type");
    did("grant_types_supported", kExchange);
    ensure((await openid.tokenIntrospection(known, narrower.access_token)).active, "active");
    await openid.tokenRevocation(known, token);
    ensure(!(await openid.tokenIntrospection(known, narrower.access_token)).active, "it ends with what it came from");
  });
}

/** A job's own token, which its issuer signs, instead of a secret. */
async function jobs() {
  const job = config.federation;
  const foreign = () => new jose.SignJWT({ jti: crypto.randomUUID() }).setProtectedHeader({ alg: job.jwk.alg, kid: job.jwk.kid }).setIssuer(job.issuer).setSubject(job.subject)
    .setAudience(job.audience).setIssuedAt().setExpirationTime("5m").sign(job.private);
  job.private = await key(job);
  const client = { client_id: job.client_id };
  await call("oauth4webapi token exchange of a job's token", async () => {
    const parameters = new URLSearchParams({ subject_token: await foreign(), subject_token_type: "urn:ietf:params:oauth:token-type:jwt" });
    const response = await oauth.genericTokenEndpointRequest(server, client, oauth.None(), kExchange, parameters, insecure);
    ensure((await oauth.processGenericTokenEndpointResponse(server, client, response)).access_token, "token");
  });
  await call("oauth4webapi a job's token as its client's assertion", async () => {
    const shown = async (as, one, body) => {
      body.set("client_id", one.client_id);
      body.set("client_assertion_type", kAssertion);
      body.set("client_assertion", await foreign());
    };
    ensure((await grant(client, shown)).access_token, "token");
  });
}

const browser = async (said) => {
  console.log(JSON.stringify(said));
  return new URL((await answers.next()).value);
};

async function people() {
  const app = { client_id: config.public.client_id };
  const ask = async (more, nobody = false) => {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(server.authorization_endpoint);
    const parameters = { response_type: "code", client_id: app.client_id, redirect_uri: config.redirect_uri, scope: "read:jira-work offline_access", state,
                         code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", ...more };
    url.search = new URLSearchParams(parameters);
    const back = await browser({ authorize: url.href, nobody });
    // It refuses an answer without iss, or with another one, where the metadata says that there is one.
    const given = oauth.validateAuthResponse(server, app, back, state);
    did("authorization_response_iss_parameter_supported", true);
    const response = await oauth.authorizationCodeGrantRequest(server, app, oauth.None(), given, config.redirect_uri, verifier, insecure);
    const tokens = await oauth.processAuthorizationCodeResponse(server, app, response);
    for (const one of [["grant_types_supported", "authorization_code"], ["response_types_supported", "code"], ["code_challenge_methods_supported", "S256"],
                       ["token_endpoint_auth_methods_supported", "none"]]) did(...one);
    if (more.response_mode) did("response_modes_supported", more.response_mode);
    if (more.prompt) did("prompt_values_supported", more.prompt);
    return tokens;
  };
  let tokens;
  await call("oauth4webapi a public app, PKCE", async () => {
    tokens = await ask({ prompt: "consent", response_mode: "query", audience: "api.atlassian.com" });
    ensure(tokens.refresh_token.startsWith("gthr_"), "refresh token");
  });
  for (const prompt of ["none", "login", "select_account"]) await call(`oauth4webapi prompt=${prompt}`, () => ask({ prompt }).then(() => null));
  await call("oauth4webapi prompt=none of nobody", async () => {
    try {
      await ask({ prompt: "none" }, true);
    } catch (error) {
      return ensure(error.code === "OAUTH_AUTHORIZATION_RESPONSE_ERROR" && error.error === "login_required", error);
    }
    throw new Error("it was taken");
  });
  await call("oauth4webapi a public app's refresh and revocation", async () => {
    const response = await oauth.refreshTokenGrantRequest(server, app, oauth.None(), tokens.refresh_token, insecure);
    const fresh = await oauth.processRefreshTokenResponse(server, app, response);
    did("grant_types_supported", "refresh_token");
    ensure(fresh.access_token && fresh.refresh_token !== tokens.refresh_token, "rotated");
    await revoke(app, oauth.None(), fresh.refresh_token);
    did("revocation_endpoint_auth_methods_supported", "none");
    const over = await oauth.refreshTokenGrantRequest(server, app, oauth.None(), fresh.refresh_token, insecure);
    ensure((await over.json()).error === "invalid_grant", "it is over");
  });
  const options = { algorithm: "oauth2", execute: [openid.allowInsecureRequests] };
  const secret = await openid.discovery(issuer, config.app.client_id, {}, openid.ClientSecretPost(config.app.client_secret), options);
  await call("openid-client an app with a secret, code, refresh", async () => {
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    const url = openid.buildAuthorizationUrl(secret, {
      redirect_uri: config.redirect_uri, scope: "read:jira-work offline_access", state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", audience: "api.atlassian.com" });
    const given = await openid.authorizationCodeGrant(secret, await browser({ authorize: url.href }), { pkceCodeVerifier: verifier, expectedState: state });
    ensure((await openid.refreshTokenGrant(secret, given.refresh_token)).refresh_token !== given.refresh_token, "rotated");
  });
  await call("openid-client device authorization", async () => {
    const begun = await openid.initiateDeviceAuthorization(secret, { scope: "read:jira-work offline_access" });
    ensure(begun.verification_uri.startsWith(config.issuer), "verification_uri");
    console.log(JSON.stringify({ device: begun.verification_uri_complete }));
    const given = await openid.pollDeviceAuthorizationGrant(secret, begun);
    ensure(given.access_token && given.refresh_token.startsWith("gthr_"), "tokens");
    did("grant_types_supported", kDevice);
  });
}

/** What a resource server does with a signed token that it gets. */
async function signedTokens() {
  const keys = jose.createRemoteJWKSet(new URL(server.jwks_uri));
  const options = { issuer: config.issuer, audience: config.issuer, typ: "at+jwt" };
  for (const [form, token] of Object.entries(config.signed)) {
    await call(`jose verifies ${form}`, async () => {
      const { payload, protectedHeader } = await jose.jwtVerify(token, keys, { ...options, algorithms: [form] });
      ensure(protectedHeader.alg === form && payload.client_id === config.client.client_id && payload.jti && payload.sub, "claims");
    });
    await call(`oauth4webapi verifies ${form} as a resource server (RFC 9068)`, async () => {
      const request = new Request(`${config.issuer}/x`, { headers: { Authorization: `Bearer ${token}` } });
      const claims = await oauth.validateJwtAccessToken(server, request, config.issuer, { ...insecure, signingAlgorithms: ["EdDSA", "ES256"] });
      ensure(claims.client_id === config.client.client_id, "client_id");
    });
  }
}

await waysToProve();
await narrowing();
await jobs();
await people();
await signedTokens();
const listed = Object.entries(server).flatMap(([field, value]) => (field === "scopes_supported" ? [] : [value].flat().map((one) => [field, one])));
const missed = listed.filter(([field, value]) => typeof value !== "string" || !value.startsWith(config.issuer) ? !done.has(`${field} ${value}`) : false);
await call("all that the metadata lists was done", async () => ensure(done.size > 20 && missed.length === 0, JSON.stringify(missed)));
process.exit(0);

// An app as others write it, with openid-client: a small web server that people sign in to through the authorization server.
//   oauth_relying_party.mjs CONFIG.json      {"issuer","client_id","host"}; prints {"url"} and serves until its standard input ends
// /begin?… begins anew and passes its parameters on; /callback is where people come back to; /tokens gives what it got last, to the test.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import * as openid from "openid-client";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
// It runs on somebody's machine and can keep no secret: PKCE alone.
const known = await openid.discovery(new URL(config.issuer), config.client_id, {}, openid.None(), { algorithm: "oauth2", execute: [openid.allowInsecureRequests] });
const begun = new Map();
let tokens = null;

const page = (title, body) => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`;

async function begin(url, origin) {
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  begun.set(state, verifier);
  return openid.buildAuthorizationUrl(known, {
    redirect_uri: `${origin}/callback`, scope: "read:jira-work write:jira-work offline_access", audience: "api.atlassian.com", state,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", ...Object.fromEntries(url.searchParams) }).href;
}

async function arrive(url) {
  const state = url.searchParams.get("state");
  const verifier = begun.get(state);
  begun.delete(state);
  try {
    tokens = await openid.authorizationCodeGrant(known, url, { pkceCodeVerifier: verifier, expectedState: state });
    return page("Signed in", "<p>The report is being made.</p>");
  } catch (error) {
    return page("Not signed in", `<p>${error.error ?? error.code ?? error}</p>`);
  }
}

async function answer(request, response) {
  const origin = `http://${request.headers.host}`;
  const url = new URL(request.url, origin);
  const html = (text) => response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(text);
  switch (url.pathname) {
    case "/": return html(page("Sprint report", '<p><a href="/begin">Sign in with Gatehouse</a></p>'));
    case "/begin": return response.writeHead(302, { Location: await begin(url, origin) }).end();
    case "/callback": return html(await arrive(url));
    case "/frame": return html(page("A trap", `<iframe src="${(await begin(url, origin)).replaceAll("&", "&amp;")}" width="600" height="600"></iframe>`));
    case "/refresh":
      tokens = await openid.refreshTokenGrant(known, tokens.refresh_token).catch((error) => ({ error: `${error.error}` }));
      return response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(tokens));
    case "/tokens": return response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(tokens));
    case "/favicon.ico": return response.writeHead(204).end();
    default: return response.writeHead(404).end();
  }
}

const server = createServer((request, response) => answer(request, response).catch((error) => response.writeHead(500).end(`${error}`)));
server.listen(0, config.host, () => {
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  console.log(JSON.stringify({ url: `http://${host}:${server.address().port}` }));
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));

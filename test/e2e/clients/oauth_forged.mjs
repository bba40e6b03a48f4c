// Forges access tokens of every known kind with jose and shows them to the gateway, each tenth to introspection too.
//   oauth_forged.mjs CONFIG.json      {"issuer","client","signed":{"EdDSA","ES256"},"opaque","count"}; prints one JSON document
// What only somebody who has the right key could forge is tested where that key is (test/token/access_token_test.cpp).
import { createHmac, createPublicKey, randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import * as jose from "jose";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const target = `${config.issuer}/ex/jira/acme/rest/api/3/issue/A-1?fields=summary`;
const keys = (await (await fetch(`${config.issuer}/.well-known/jwks.json`)).json()).keys;
const pick = (all) => all[randomInt(all.length)];
const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const mine = Object.fromEntries(await Promise.all(["EdDSA", "ES256", "RS256"].map(async (alg) => [alg, await jose.generateKeyPair(alg, { extractable: true })])));
const good = Object.entries(config.signed).map(([alg, text]) => {
  const [head, payload, signature] = text.split(".");
  return { alg, text, head: jose.decodeProtectedHeader(text), claims: jose.decodeJwt(text), parts: { head, payload, signature }, key: keys.find((one) => one.kid === jose.decodeProtectedHeader(text).kid) };
});

/** As the server signs, by a key of the forger's own. */
async function signed(head, claims, alg = "EdDSA") {
  const payload = typeof claims === "string" ? claims : JSON.stringify({ ...claims, jti: randomBytes(12).toString("base64url") });
  const text = `${encode(head)}.${encode(payload)}`;
  const key = mine[alg].privateKey;
  const how = { EdDSA: "Ed25519", ES256: { name: "ECDSA", hash: "SHA-256" }, RS256: "RSASSA-PKCS1-v1_5" }[alg];
  return `${text}.${Buffer.from(await crypto.subtle.sign(how, key, Buffer.from(text))).toString("base64url")}`;
}
const kept = (one, head, payload) => `${head ?? one.parts.head}.${payload ?? one.parts.payload}.${one.parts.signature}`;
const odd = () => pick([-1, 0, 1.5, 1e99, "9999999999", null, [], {}, true, 9223372036854775807n.toString(), randomInt(1e9)]);
const spki = (one) => createPublicKey({ key: one.key, format: "jwk" });

const kinds = {
  none: (one) => `${encode({ ...one.head, alg: pick(["none", "None", "NONE", "nOnE", "", null, 0]) })}.${one.parts.payload}.${pick(["", one.parts.signature, "AA"])}`,
  hmacByThePublicKey(one) {
    const [alg, hash] = pick([["HS256", "sha256"], ["HS384", "sha384"], ["HS512", "sha512"]]);
    const secret = pick([Buffer.from(one.key.x, "base64url"), one.key.x, JSON.stringify(one.key), spki(one).export({ type: "spki", format: "pem" }), spki(one).export({ type: "spki", format: "der" }), "", one.head.kid]);
    const text = `${encode({ ...one.head, alg })}.${one.parts.payload}`;
    return `${text}.${createHmac(hash, secret).update(text).digest("base64url")}`;
  },
  ownKeyByTheRightName: (one) => signed(one.head, one.claims, one.alg),
  ownKeyByAnotherName: (one) => signed({ ...one.head, kid: randomBytes(12).toString("base64url") }, one.claims, one.alg),
  keyInTheHead: async (one) => signed({ ...one.head, jwk: await jose.exportJWK(mine[one.alg].publicKey) }, one.claims, one.alg),
  keysElsewhere: (one) => signed({ ...one.head, [pick(["jku", "x5u"])]: pick(["https://evil.example/jwks.json", "http://127.0.0.1:1/", "file:///etc/passwd"]) }, one.claims, one.alg),
  certificateInTheHead: (one) => signed({ ...one.head, x5c: [randomBytes(40).toString("base64")], "x5t#S256": "AA" }, one.claims, one.alg),
  oddKeyName: (one) => signed({ ...one.head, kid: pick(["../../../../dev/null", "/dev/null", "' OR '1'='1", "x' UNION SELECT 'AA", "|id", "", "\u0000", 0, null, [one.head.kid], { kid: one.head.kid }, `${one.head.kid} `, one.head.kid.toLowerCase(), "k".repeat(3000)]) }, one.claims, one.alg),
  anothersKeyName: (one) => kept(one, encode({ ...one.head, kid: good.find((other) => other !== one).head.kid })),
  anotherAlgorithm: (one) => kept(one, encode({ ...one.head, alg: pick(["RS256", "PS256", "ES384", "ES256K", "HS256", "Ed448", "eddsa", "es256", "EdDSA ", "ES256"].filter((alg) => alg !== one.alg)) })),
  rsaInstead: (one) => signed({ ...one.head, alg: "RS256" }, one.claims, "RS256"),
  anotherType: (one) => signed({ ...one.head, typ: pick(["JWT", "at+JWT+x", "dpop+jwt", "logout+jwt", "secevent+jwt", "", null]) }, one.claims, one.alg),
  critical: (one) => signed({ ...one.head, crit: pick([["exp"], ["b64"], [], ["x"]]), b64: pick([true, false]) }, one.claims, one.alg),
  nested: (one) => signed({ ...one.head, cty: "JWT" }, one.text, one.alg),
  changedHead: (one) => kept(one, encode({ ...one.head, [pick(["x", "jku", "cty", "typ", "zip"])]: "x" })),
  repeatedInTheHead: (one) => kept(one, encode(`{"alg":"none",${JSON.stringify(one.head).slice(1)}`)),
  escapedInTheHead: (one) => signed(`{"\\u0061lg":"${one.alg}","typ":"at+jwt","kid":"${one.head.kid}"}`, one.claims, one.alg),
  anotherAudience: (one) => signed(one.head, { ...one.claims, aud: pick(["https://evil.example", [one.claims.aud], `${one.claims.aud}/`, "", null]) }, one.alg),
  anotherIssuer: (one) => signed(one.head, { ...one.claims, iss: pick(["https://evil.example", `${one.claims.iss}/`, "", null, [one.claims.iss]]) }, one.alg),
  changedClaims: (one) => kept(one, null, encode({ ...one.claims, [pick(["sub", "client_id", "jti", "iss", "aud", "secret_id", "scope", "act", "family"])]: pick(["x", `${one.claims.jti}x`, "", "admin"]) })),
  removedClaims(one) {
    const { [pick(Object.keys(one.claims))]: gone, ...rest } = one.claims;
    return kept(one, null, encode(rest));
  },
  repeatedClaims: (one) => kept(one, null, encode(`{"${pick(Object.keys(one.claims))}":"x",${JSON.stringify(one.claims).slice(1)}`)),
  oddEnd: (one) => kept(one, null, encode({ ...one.claims, [pick(["exp", "iat", "nbf"])]: odd() })),
  longerLife: (one) => kept(one, null, encode({ ...one.claims, exp: one.claims.exp + randomInt(1, 1e6) })),
  oddSignature: (one) => `${one.parts.head}.${one.parts.payload}.${pick(["", "AA", "A".repeat(86), randomBytes(64).toString("base64url"), `${one.parts.signature}AA`, one.parts.signature.slice(0, 80), Buffer.concat([Buffer.from([0x30, 0x06, 2, 1, 0, 2, 1, 0])]).toString("base64url"), good.find((other) => other !== one).parts.signature])}`,
  // The last character carries bits that no byte has: another text of the same signature.
  unusedBits(one) {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = letters.indexOf(one.text.at(-1));
    return one.text.slice(0, -1) + letters[last ^ randomInt(1, 16)];
  },
  otherLetters: (one) => pick([`${one.text}=`, `${one.text}==`, one.text.replace(/[-_]/, (c) => (c === "-" ? "+" : "/")) + "=", `${one.parts.head}=.${one.parts.payload}.${one.parts.signature}`, `${one.text} x`, one.text.replace(".", "%2E")]),
  otherForms: (one) => pick([`${one.parts.head}.${one.parts.payload}`, `${one.text}.`, `.${one.text}`, `${one.text}.x.y`, `${one.parts.head}..${one.parts.signature}`, encode({ protected: one.parts.head, payload: one.parts.payload, signature: one.parts.signature }),
    `${one.parts.payload}.${one.parts.head}.${one.parts.signature}`, one.text.toUpperCase()]),
  sealedChanged() {
    const at = randomInt(5, config.opaque.length);
    const letter = pick([..."ABCabc019-_"].filter((c) => c !== config.opaque[at]));
    return config.opaque.slice(0, at) + letter + config.opaque.slice(at + 1);
  },
  sealedCut: () => pick([config.opaque.slice(0, -randomInt(1, 40)), config.opaque + "A", `gtht_${config.opaque.slice(5)}`, `gtha_${config.opaque.slice(5)}`, config.opaque.slice(5), `gtho_${randomBytes(randomInt(1, 300)).toString("base64url")}`]),
  random: () => pick(["gtht_", "gtho_", "gths_", "gtha_", "gthr_", "eyJ", ""]) + randomBytes(randomInt(1, 200)).toString("base64url"),
  long: (one) => `${one.text}${"A".repeat(randomInt(1000, 7000))}`,
};

const show = (token) => fetch(target, { headers: { Authorization: pick([`Bearer ${token}`, `Basic ${Buffer.from(`any:${token}`).toString("base64")}`]) } });
async function activeByIntrospection(token) {
  const login = Buffer.from(`${config.client.client_id}:${config.client.client_secret}`).toString("base64");
  const answer = await fetch(`${config.issuer}/oauth/introspect`, { method: "POST", headers: { Authorization: `Basic ${login}` }, body: new URLSearchParams({ token }) });
  return (await answer.json()).active !== false;
}

const real = new Set([config.opaque, ...Object.values(config.signed)]);
const told = { control: {}, sent: 0, kinds: Object.keys(kinds).length, taken: [], statuses: {} };
for (const one of good) told.control[one.alg] = (await show(one.text)).status;
const names = Object.keys(kinds);
async function worker() {
  while (told.sent < config.count) {
    const name = names[told.sent % names.length];
    const number = told.sent++;
    const token = await kinds[name](pick(good));
    if (real.has(token)) throw new Error(`${name} made a real one`);
    const answer = await show(token);
    await answer.arrayBuffer();
    told.statuses[answer.status] = (told.statuses[answer.status] ?? 0) + 1;
    if (![400, 401, 431].includes(answer.status)) told.taken.push({ name, token, status: answer.status });
    if (number % 10 === 0 && (await activeByIntrospection(token))) told.taken.push({ name, token, introspection: true });
  }
}
await Promise.all(Array.from({ length: 8 }, worker));
console.log(JSON.stringify(told));
process.exit(0);

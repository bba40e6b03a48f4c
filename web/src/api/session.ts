// The bearer with which the panel asks the REST API. It lives in memory alone, is good for five minutes and dies with the session of the
// browser (docs/operate/signing_in.md): GET /session says the session's CSRF token, POST /session/bearer takes it and answers the bearer.
import { problemOf } from './problem.ts';

export interface Session {
  user: string;
  name: string;
  role: string;
  way: string;
  csrf: string;
  proved_until: string;
  ends_at: string;
}

let held: { bearer: string; until: number; session: Session } | undefined;
let asked: Promise<void> | undefined;

/** To the sign-in page, and back to this very address afterwards. */
export function signIn(): Promise<never> {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  return new Promise(() => undefined);
}

async function ask(): Promise<void> {
  const who = await fetch('/session', { headers: { Accept: 'application/json' }, cache: 'no-store' });
  if (who.status === 401) return signIn();
  if (!who.ok) throw await problemOf(who);
  const session = (await who.json()) as Session;
  const answer = await fetch('/session/bearer', { method: 'POST', headers: { 'Gatehouse-CSRF': session.csrf } });
  if (answer.status === 401) return signIn();
  if (!answer.ok) throw await problemOf(answer);
  const made = (await answer.json()) as { bearer: string; expires_at: string };
  // By the server's clock: how long it is good for is what counts, not what this machine thinks the time is.
  const now = Date.parse(answer.headers.get('Date') ?? '') || Date.now();
  held = { bearer: made.bearer, until: performance.now() + (Date.parse(made.expires_at) - now), session };
}

/** A bearer that is good for another minute at least; several callers wait for the same one. */
export async function bearer(): Promise<string> {
  if (held && held.until - performance.now() > 60_000) return held.bearer;
  asked ??= ask().finally(() => {
    asked = undefined;
  });
  await asked;
  return held!.bearer;
}

/** After 401, or after the session got a new name (step-up). */
export function forgetBearer(): void {
  held = undefined;
}

export async function session(): Promise<Session> {
  await bearer();
  return held!.session;
}

/** Proves in place that the person is there. False: the password or the code was wrong. The session has a new name afterwards. */
export async function proveAgain(password: string, code: string): Promise<boolean> {
  const { csrf } = await session();
  const body = new URLSearchParams({ csrf, password, next: '/' });
  if (code) body.set('code', code);
  const answer = await fetch('/step-up', { method: 'POST', body, redirect: 'manual' });
  if (answer.type !== 'opaqueredirect') return false;
  forgetBearer();
  return true;
}

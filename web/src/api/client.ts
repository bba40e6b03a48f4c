// Asks the REST API, typed by its own OpenAPI document: call('pauseAccount', { at: { account: 'robot' }, body: { reason: 'trial' } }).
import { problemOf, type Problem } from './problem.ts';
import { bearer, forgetBearer } from './session.ts';
import { places, type Operations } from './types.ts';

export type OperationId = keyof Operations;
export type Answer<Id extends OperationId> = Operations[Id]['answer'];

export interface Input<Id extends OperationId> {
  at?: Operations[Id]['at'];
  query?: Operations[Id]['query'];
  body?: Operations[Id]['body'];
}

export function targetOf(id: OperationId, at: Record<string, string> = {}, query: object = {}): string {
  const path = places[id][1].replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(at[name] ?? ''));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** A request with the bearer; once more with a fresh one where it is not taken any more. */
export async function ask(method: string, target: string, headers: Record<string, string> = {}, body?: string): Promise<Response> {
  const send = async () => {
    const authorization = `Bearer ${await bearer()}`;
    return fetch(target, { method, headers: { ...headers, Authorization: authorization }, body: body ?? null, credentials: 'omit', cache: 'no-store' });
  };
  const answer = await send();
  if (answer.status !== 401) return answer;
  forgetBearer();
  return send();
}

let prover: (() => Promise<boolean>) | undefined;
/** Who is asked for a fresh proof when a request needs one (parts/StepUp.tsx). */
export function setProver(ask: () => Promise<boolean>): void {
  prover = ask;
}

/** A change, or a read that is not kept. Where it needs a fresh proof, the person is asked for it and the request is sent again. */
export async function call<Id extends OperationId>(id: Id, input: Input<Id> = {}): Promise<Answer<Id>> {
  const [method] = places[id];
  const target = targetOf(id, input.at as Record<string, string>, input.query);
  const body = input.body === undefined ? undefined : JSON.stringify(input.body);
  const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
  if (method !== 'GET') headers['Idempotency-Key'] = crypto.randomUUID();
  let answer = await ask(method, target, headers, body);
  if (!answer.ok) {
    const problem: Problem = await problemOf(answer);
    if (problem.missingRole !== 'step-up' || !prover || !(await prover())) throw problem;
    if (method !== 'GET') headers['Idempotency-Key'] = crypto.randomUUID();
    answer = await ask(method, target, headers, body);
    if (!answer.ok) throw await problemOf(answer);
  }
  const type = answer.headers.get('Content-Type') ?? '';
  if (answer.status === 204 || !type) return undefined as Answer<Id>;
  return (type.includes('json') ? await answer.json() : await answer.text()) as Answer<Id>;
}

/** Whether people of this role may call it at all (docs/reference/roles.md); how far they reach, the server says. */
export function may(role: string | undefined, id: OperationId): boolean {
  return role !== undefined && (places[id][2] as readonly string[]).includes(role);
}

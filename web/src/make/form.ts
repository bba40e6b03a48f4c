// What is chosen on the page where credentials are made. All of it stands in the address, so that a filled form can be sent to somebody;
// no secret is ever part of it.
import type { Schemas } from '../api/types.ts';
import { millisecondsOf } from '../parts/filter.ts';
import { dayOf, kDay } from '../parts/Time.tsx';
import { spoken, wordsIn } from '../parts/words.ts';
import { setQuery, useAddress } from '../router.ts';
import { texts } from '../texts.ts';
import { leastStyle, operationOf, scopesFor, type Operation, type Style } from './scopes.ts';

export type Kind = 'token' | 'client' | 'federation';

const kNames = [
  'account', 'kind', 'name', 'do', 'style', 'scopes', 'role', 'in', 'ends', 'every', 'overlap', 'self', 'ips', 'rate', 'for', 'issuer', 'audience', 'subject', 'claims',
] as const;
export type Name = (typeof kNames)[number];

export interface Form {
  text: (name: Name) => string;
  set: (changes: Partial<Record<Name, string>>) => void;
  kind: Kind;
  wanted: Operation[];
  resources: string[];
  wholeSite: boolean;
  style: Style;
  /** Those entered by hand, else those that what it has to do needs. */
  scopes: string[];
  /** What the account's grants on these resources have. */
  granted: ReadonlySet<string>;
  lifetime: Lifetime;
}

export interface Lifetime {
  permanent: boolean;
  /** Its end, in milliseconds; NaN where what was chosen is none. */
  at: number;
  days: number;
}

/** "30d", "permanent", or the last day: "2027-02-24", to its end where the browser is. */
export function lifetimeOf(ends: string, now: number): Lifetime {
  if (ends === 'permanent') return { permanent: true, at: NaN, days: NaN };
  const at = /^\d{4}-\d\d-\d\d$/.test(ends) ? new Date(`${ends}T23:59:59`).getTime() : now + millisecondsOf(ends);
  return { permanent: false, at, days: Math.round((at - now) / kDay) };
}

/** "until 24 Feb 2027, 92 days; rotates every 30 days with 7 days overlap" */
export function lifetimeWords({ permanent, at, days }: Lifetime, every: string, overlap: string): string {
  const t = texts.make.says;
  const until = permanent ? t.permanent : Number.isNaN(at) ? '' : t.untilDay(dayOf(at), days);
  return every ? `${until}; ${t.rotates(spoken(every), overlap && spoken(overlap))}` : until;
}

export const bare = (resource: string): string => resource.split('=')[0]!;

/** The grants that count on a resource: live, backed, on it or on its whole site. */
export function grantsOn(resource: string, grants: readonly Schemas['Grant'][]): Schemas['Grant'][] {
  const site = resource.split('/')[0];
  return grants.filter((one) => one.state === 'live' && one.backing !== 'unbacked' && (one.resource === bare(resource) || one.resource === `${site}/*`));
}

export function useForm(now: number, grants: readonly Schemas['Grant'][]): Form {
  const { query } = useAddress();
  const text = (name: Name) => query.get(name) ?? '';
  const wanted = wordsIn(text('do')).map(operationOf).filter((one) => one !== undefined);
  const resources = wordsIn(text('in'));
  const wholeSite = resources.some((one) => /\/\*(=|$)/.test(one));
  const granted = new Set(resources.flatMap((one) => grantsOn(one, grants)).flatMap((one) => one.scopes));
  const chosen = text('style');
  const style: Style = chosen === 'classic' || chosen === 'granular' ? chosen : leastStyle(wanted, wholeSite, granted);
  const byHand = wordsIn(text('scopes'));
  const kind = text('kind');
  return {
    text,
    set: (changes) => setQuery(changes as Record<string, string>),
    kind: kind === 'client' || kind === 'federation' ? kind : 'token',
    wanted,
    resources,
    wholeSite,
    style,
    scopes: byHand.length > 0 ? byHand : scopesFor(wanted, style),
    granted,
    lifetime: lifetimeOf(text('ends') || '90d', now),
  };
}

/** What is sent, and its command: the same names but for their dashes. */
export function requestOf(form: Form) {
  const { text, kind, lifetime } = form;
  const fixed = kind !== 'federation';
  const ends = text('ends') || '90d';
  const ending: { permanent?: boolean; expires_at?: string; expires_in?: string } = lifetime.permanent
    ? { permanent: true }
    : Number.isNaN(lifetime.at) ? {} : /^\d+[smhdw]$/.test(ends) ? { expires_in: ends } : { expires_at: new Date(lifetime.at).toISOString().replace(/\.\d+Z$/, 'Z') };
  const body = {
    account: text('account'),
    name: text('name').trim(),
    ...(form.scopes.length > 0 ? { scopes: form.scopes } : {}),
    ...(text('role') ? { role: text('role') } : {}),
    resources: form.resources,
    ...ending,
    ...(fixed && text('every') ? { rotate_every: text('every') } : {}),
    ...(fixed && text('overlap') ? { overlap: text('overlap') } : {}),
    ...(kind === 'token' && text('self') ? { self_rotate: true } : {}),
    ...(kind === 'token' && text('for') ? { for: text('for').trim() } : {}),
    ...(text('ips') ? { allow_ips: wordsIn(text('ips')) } : {}),
    ...(fixed && text('rate') ? { rate: text('rate').trim() } : {}),
  };
  const words = [kind, kind === 'federation' ? 'add' : 'create', '--account', body.account || 'HANDLE', '--name', body.name || 'NAME'];
  if (body.scopes) words.push('--scopes', body.scopes.join(','));
  if (body.role) words.push('--role', body.role);
  for (const one of body.resources) words.push('--resource', one);
  if (body.permanent) words.push('--permanent');
  else if (body.expires_in) words.push('--expires-in', body.expires_in);
  else words.push('--expires-at', body.expires_at ?? 'END');
  if (body.rotate_every) words.push('--rotate-every', body.rotate_every);
  if (body.overlap) words.push('--overlap', body.overlap);
  if (body.self_rotate) words.push('--self-rotate');
  if (body.for) words.push('--for', body.for);
  for (const one of body.allow_ips ?? []) words.push('--allow-ip', one);
  if (body.rate) words.push('--rate', body.rate);
  const federation = { issuer: text('issuer').trim(), audience: text('audience').trim(), subject: text('subject').trim(), claims: wordsIn(text('claims')) };
  if (kind === 'federation') {
    words.push('--issuer', federation.issuer || 'ISSUER', '--audience', federation.audience || 'AUDIENCE', '--subject', federation.subject || 'SUBJECT');
    for (const one of federation.claims) words.push('--claims', one);
  }
  return { body, federation, words };
}

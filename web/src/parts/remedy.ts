// Why a request was refused, and the smallest change that would permit it, as commands. Pure, so that it is tested without a browser. The words
// of reasons are those of src/model/decision.cpp.
import type { Schemas } from '../api/types.ts';
import { commandLine } from './command_line.ts';

export interface Remedy {
  what: string;
  command?: string;
  /** Who may do it. */
  who?: 'owner' | 'resource' | 'org';
}

export interface Case {
  decision: Schemas['Decision'];
  token?: Schemas['Token'] | undefined;
  grants?: readonly Schemas['Grant'][] | undefined;
}

/** A token can't be widened: one like it, with more. */
function another(token: Schemas['Token'], more: { scopes?: readonly string[]; resources?: readonly string[]; role?: string | null; allowIps?: readonly string[] }): string {
  const all = (one: readonly string[], other: readonly string[] = []) => [...new Set([...one, ...other])].join(',');
  return commandLine(['token', 'create'], {
    account: token.account,
    name: `${token.name}-2`,
    scopes: all(token.scopes, more.scopes),
    resource: all(token.resources, more.resources),
    role: more.role === undefined ? token.role : more.role,
    'allow-ip': all(token.allow_ips, more.allowIps) || null,
    ...(token.lifetime === 'permanent' ? { permanent: true, 'rotate-every': token.rotate_every ?? null } : { 'expires-in': '90d' }),
  });
}

/** The resource with its site before it; an issue's key in the path names its project. */
function resourceOf({ decision }: Case): string | undefined {
  const site = decision.site ?? /^\/ex\/(?:jira|confluence)\/([^/]+)\//.exec(decision.path ?? '')?.[1];
  const name = decision.resource || /\/issue\/([A-Z][A-Z0-9_]*)-\d+/.exec(decision.path ?? '')?.[1];
  if (!name || name.includes('/')) return name || undefined;
  return site ? `${site}/${name}` : undefined;
}

const failed = (decision: Schemas['Decision']) => decision.steps.find((one) => !one.passed);

/** A kept decision has no list of missing scopes; the step that stopped it names them at its end. */
function missingOf(decision: Schemas['Decision']): string[] {
  if (decision.missing_scopes && decision.missing_scopes.length > 0) return decision.missing_scopes;
  const text = / lacks? (.+)$/.exec(failed(decision)?.detail ?? '')?.[1] ?? '';
  return text.split(/[\s,]+/).filter((word) => /^[a-z][\w-]*(:[\w.-]+)+$/.test(word));
}

function grantOf({ decision, grants }: Case): Schemas['Grant'] | undefined {
  const live = grants?.filter((one) => one.state !== 'removed') ?? [];
  return live.find((one) => one.resource === resourceOf({ decision })) ?? (live.length === 1 ? live[0] : undefined);
}

function scopes(one: Case): Remedy[] {
  const { decision, token } = one;
  const missing = missingOf(decision);
  if (missing.length === 0) return [{ what: 'A scope is missing; the step that stopped it says which.' }];
  const list = missing.join(',');
  const resource = resourceOf(one) ?? token?.resources[0] ?? 'SITE/PROJECT';
  const account = token?.account ?? 'ACCOUNT';
  const grant: Remedy = {
    what: `Grant ${missing.join(' and ')} on ${resource} to ${account}; grants add up, so nothing else changes.`,
    command: commandLine(['grant', 'add'], { account, resource, scopes: list }),
    who: 'resource',
  };
  const has = new Set(token?.scopes ?? []);
  const lacks = missing.filter((name) => !has.has(name));
  if (lacks.length === 0) return [grant];
  const wider: Remedy = {
    what: `A token can't be widened. Make one like it that has ${lacks.join(' and ')} too, then revoke the old one.`,
    ...(token ? { command: another(token, { scopes: lacks }) } : {}),
    who: 'owner',
  };
  const granted = grantOf(one);
  return granted && missing.every((name) => granted.scopes.includes(name)) ? [wider] : [wider, grant];
}

function paused({ decision, token }: Case): Remedy {
  const resource = resourceOf({ decision }) ?? token?.paused_resources[0]?.resource ?? 'SITE/PROJECT';
  const detail = failed(decision)?.detail ?? '';
  const resume = (noun: string, name: string) => commandLine([noun, 'resume', name], { resource });
  const what = `${resource} is paused. Find out why before it is resumed.`;
  if (token && detail.includes('for this token')) return { what, command: resume('token', token.id), who: 'owner' };
  if (token && detail.includes('for this service account')) return { what, command: resume('account', token.account), who: 'owner' };
  return { what, command: resume('site', decision.site ?? resource.split('/')[0] ?? 'SITE'), who: 'org' };
}

function operation({ decision, token }: Case): Remedy[] {
  const account = token?.account ?? 'ACCOUNT';
  const list = token?.scopes.join(',') || 'SCOPES';
  const site = decision.site ?? token?.resources[0]?.split('/')[0] ?? 'SITE';
  const step = failed(decision);
  if (step?.step === 'directory') {
    const resource = token?.resources[0] ?? 'SITE/PROJECT';
    return [{ what: 'It tells of users and groups beyond the projects. A grant can say that this is meant.', command: `${commandLine(['grant', 'add'], { account, resource, scopes: list })} --directory`, who: 'resource' }];
  }
  const detail = step?.detail ?? '';
  if (!detail.includes('whole site')) return [{ what: 'No grant opens this operation. Is there another one that does the same?' }];
  return [
    { what: 'First ask for an operation that stays within a project: this one opens the whole site.' },
    { what: `If it has to be: a grant for all of ${site}, …`, command: commandLine(['grant', 'add'], { account, resource: `${site}/*`, scopes: list }), who: 'org' },
    ...(token ? [{ what: '… and a token for it, best one that does nothing else.', command: another({ ...token, resources: [] }, { resources: [`${site}/*`] }), who: 'org' as const }] : []),
  ];
}

function outside({ decision, token }: Case): Remedy[] {
  const resource = resourceOf({ decision }) ?? `${decision.site ?? 'SITE'}/PROJECT`;
  const account = token?.account ?? 'ACCOUNT';
  return [
    { what: 'What it asks for lies outside of the token’s resources, or does not exist: the answer is the same, so that nobody can tell by it. Is the key right?' },
    { what: `If it is meant to reach ${resource}: a grant there, …`, command: commandLine(['grant', 'add'], { account, resource, scopes: token?.scopes.join(',') || 'SCOPES' }), who: 'resource' },
    ...(token ? [{ what: '… and a token that names it; a token can’t be widened.', command: another(token, { resources: [resource] }), who: 'owner' as const }] : []),
  ];
}

const kRequest: Record<string, string> = {
  no_credential: 'The request had no token. Send it as “Authorization: Bearer …”.',
  invalid_token: 'What was sent is no token of this Gatehouse: cut off, mistyped, or of another installation.',
  rate_limited: 'It called faster than its rate. Wait as long as Retry-After says; a rate can only be lowered on a token, so more needs a new one.',
  target_not_canonical: 'The address is written in a way that two servers could read differently. Send it without dots, doubled slashes and encoded slashes.',
  unknown_operation: 'Gatehouse does not know this operation. See docs/reference/operations.md for those that it does.',
  unknown_parameter: 'Gatehouse does not know one of the parameters, so it can’t say what it would do. Leave it out.',
  bad_request: 'The request itself is not well-formed; the last step says where.',
  query_refused: 'The query can’t be confined to the token’s resources; the last step says where. Name the project in it.',
  body_refused: 'Something in the body reaches outside, or is not known; the last step says what. Leave it out.',
  shared_container: 'It reaches something that several projects share. Use an operation on one project.',
  upstream_unavailable: 'The site did not answer in time. Nothing was changed by Gatehouse; try again.',
  upstream_answer: 'The site’s answer could not be checked, so it was not passed on.',
  too_large: 'The request or its answer is larger than the limits. Ask for less at a time.',
  overloaded: 'Gatehouse was busy. Try again as Retry-After says.',
  stale: 'This node had not heard from the database for too long, so it refused. Look at /readyz.',
  internal: 'Gatehouse could not decide, and then refuses. Its log has the request id.',
};

/** What to do, the smallest first; empty where it was permitted. */
export function remediesOf(one: Case): Remedy[] {
  const { decision, token } = one;
  if (decision.permitted) return [];
  const grant = grantOf(one);
  const site = decision.site ?? token?.resources[0]?.split('/')[0];
  switch (decision.reason) {
    case 'insufficient_scope': return scopes(one);
    case 'wrong_site':
    case 'outside_boundary': return outside(one);
    case 'resource_paused': return [paused(one)];
    case 'operation_refused': return operation(one);
    case 'token_paused': return [{ what: `The token is paused${token?.pause_reason ? `: ${token.pause_reason}` : ''}.`, ...(token ? { command: commandLine(['token', 'resume', token.id]) } : {}), who: 'owner' }];
    case 'account_paused': return [{ what: 'Its service account is paused.', ...(token ? { command: commandLine(['account', 'resume', token.account]) } : {}), who: 'owner' }];
    case 'site_paused': return [{ what: 'The site is paused for everybody.', ...(site ? { command: commandLine(['site', 'resume', site]) } : {}), who: 'org' }];
    case 'grant_paused': return [{ what: 'The grant is paused.', ...(grant ? { command: commandLine(['grant', 'resume', grant.id]) } : {}), who: 'resource' }];
    case 'grant_unbacked': return [{ what: 'Who gave the grant has lost the authority over it. Somebody who has it can stand behind it.', ...(grant ? { command: commandLine(['grant', 'back', grant.id]) } : {}), who: 'resource' }];
    case 'waiting_for_grant': {
      const resource = resourceOf(one) ?? token?.waiting[0] ?? token?.resources[0] ?? 'SITE/PROJECT';
      return [{ what: `The token names ${resource}, and nothing is granted there yet.`, command: commandLine(['grant', 'add'], { account: token?.account ?? 'ACCOUNT', resource, scopes: (missingOf(decision).length > 0 ? missingOf(decision) : (token?.scopes ?? [])).join(',') || 'SCOPES' }), who: 'resource' }];
    }
    case 'restricted_content': {
      const resource = resourceOf(one) ?? grant?.resource ?? 'SITE/PROJECT';
      return [{ what: 'It has a security level or read restrictions, which grants leave out unless they say otherwise.', command: commandLine(['grant', 'add'], { account: token?.account ?? 'ACCOUNT', resource, scopes: (grant?.scopes ?? token?.scopes ?? []).join(',') || 'SCOPES', restricted: 'include' }), who: 'resource' }];
    }
    case 'role_excludes_operation':
      return [{ what: 'The access role of the token or of its grant leaves this operation out. A role can only be narrowed: a token and a grant with a wider one are made anew.', ...(token?.role ? { command: another(token, { role: 'ROLE' }) } : {}), who: token?.role ? 'owner' : 'resource' }];
    case 'address_not_allowed':
      return [{ what: `It came from ${decision.address ?? 'an address'} that is not in the token’s list. Was it you? If not, rotate the token. If so: one like it, with that address too.`, ...(token ? { command: another(token, { allowIps: decision.address ? [decision.address] : [] }) } : {}), who: 'owner' }];
    case 'expired':
    case 'revoked':
      return [{ what: `The token has ended${decision.reason === 'expired' ? ' by its time' : ': it was revoked'}. One like it:`, ...(token ? { command: another(token, {}) } : {}), who: 'owner' }];
    case 'upstream_credential':
      return [{ what: 'The site does not take the credential that Gatehouse shows to it: expired, revoked, or with fewer rights.', ...(site ? { command: commandLine(['site', 'test', site]) } : {}), who: 'org' }];
    default: return [{ what: kRequest[decision.reason] ?? 'The last step says what stopped it.' }];
  }
}

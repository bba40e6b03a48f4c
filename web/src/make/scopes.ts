// Which scopes an operation needs, by the very tables that the gateway decides by; nothing here decides anything, it only says beforehand
// what will be decided. The rule is that of src/policy/evaluation.cpp: all of the classic scopes, or all of the granular ones.
import { roles, rows, scopeNames, type Access, type Row } from '../api/operations.ts';

export interface Operation {
  id: string;
  product: 'jira' | 'confluence';
  method: string;
  path: string;
  access: Access;
  classic: readonly string[] | null;
  granular: readonly string[] | null;
  /** A token that is bounded to projects or spaces is refused it. */
  wholeSite: boolean;
  /** Its id in words: "get issue". */
  words: string[];
}

const named = (numbers: readonly number[] | null) => numbers && numbers.map((one) => scopeNames[one]!);
const wordsOf = (id: string) => id.replace(/^(v1|v2|agile|desk)\./, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[\s.]+/);

const known = (row: Row): Operation => ({
  id: row[0], product: row[1], method: row[2], path: row[3], access: row[4], classic: named(row[5]), granular: named(row[6]), wholeSite: row[7], words: wordsOf(row[0]),
});
export const operations: readonly Operation[] = rows.map(known);
const byId = new Map(operations.map((one) => [one.id, one]));
export const operationOf = (id: string): Operation | undefined => byId.get(id);
export const knownScopes: readonly string[] = scopeNames;

/** What people say, and what the tables say. */
const kSame: Record<string, string[]> = {
  read: ['get'], list: ['get'], show: ['get'], see: ['get'], find: ['search', 'get'], make: ['create', 'add'], open: ['create'], create: ['add'], add: ['create'], write: ['create', 'update', 'edit'],
  change: ['edit', 'update', 'set'], edit: ['update'], update: ['edit'], remove: ['delete'], move: ['transition'], close: ['transition'], resolve: ['transition'], ticket: ['issue'],
};
const singular = (word: string) => (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word);

/** Operations for "read issues", the best first; a request such as "GET /rest/api/3/search" is found by its path. */
export function findOperations(query: string, most = 30): Operation[] {
  const wanted = query.toLowerCase().split(/\s+/).filter((word) => word && !['a', 'an', 'the', 'of', 'in', 'to', 'and', 'all'].includes(word)).map(singular);
  if (wanted.length === 0) return [];
  const scored: Array<{ operation: Operation; score: number }> = [];
  for (const operation of operations) {
    const words = operation.words.map(singular);
    let hits = 0;
    const fits = wanted.every((word) => {
      const forms = [word, ...(kSame[word] ?? [])];
      if (forms.some((form) => words.includes(form))) {
        hits += 1;
        return true;
      }
      return word === operation.access || word === operation.product || word === operation.method.toLowerCase() || operation.path.toLowerCase().includes(word) || words.some((one) => one.startsWith(word));
    });
    if (fits) scored.push({ operation, score: hits - 0.12 * words.length - (operation.wholeSite ? 1 : 0) - (operation.method === 'GET' && operation.access === 'read' ? 0 : 0.05) });
  }
  return scored.sort((left, right) => right.score - left.score || left.operation.path.length - right.operation.path.length).slice(0, most).map((one) => one.operation);
}

export const covers = (operation: Operation, scopes: ReadonlySet<string>): boolean =>
  (operation.classic?.every((one) => scopes.has(one)) ?? false) || (operation.granular?.every((one) => scopes.has(one)) ?? false);

export type Style = 'classic' | 'granular';

/** The scopes that these operations need, in one kind of names where it has them. */
export function scopesFor(wanted: readonly Operation[], style: Style): string[] {
  const scopes = new Set<string>();
  for (const operation of wanted) {
    const first = style === 'classic' ? operation.classic : operation.granular;
    for (const one of first ?? operation.classic ?? operation.granular ?? []) scopes.add(one);
  }
  return [...scopes].sort();
}

/** Everything that these scopes open. */
export const openedBy = (scopes: readonly string[], wholeSite: boolean): Operation[] => {
  const have = new Set(scopes);
  return operations.filter((one) => (one.classic ?? one.granular)!.length > 0 && (wholeSite || !one.wholeSite) && covers(one, have));
};

export const kStyles: readonly Style[] = ['classic', 'granular'];

/** The kind of names by which less is opened; of the kinds that the grants have, where there are grants: a scope counts only where token
 * and grant both have it, by the same name. */
export function leastStyle(wanted: readonly Operation[], wholeSite: boolean, granted: ReadonlySet<string>): Style {
  const may = kStyles.filter((style) => scopesFor(wanted, style).every((one) => granted.has(one)));
  const opened = (style: Style) => openedBy(scopesFor(wanted, style), wholeSite).length;
  const of = may.length > 0 ? may : kStyles;
  return of.reduce((best, style) => (opened(style) < opened(best) ? style : best), of[0]!);
}

export const kRoles = ['viewer', 'member', 'administrator'];

/** Whether an access role includes it; undefined for a role of the organization's own, which only the server knows. */
export function roleIncludes(role: string | undefined, operation: Operation): boolean | undefined {
  if (!role) return true;
  const all = roles[operation.product];
  const one = all?.[role];
  if (!one) return undefined;
  return one.access.includes(operation.access) || one.operations.includes(operation.id) || one.includes.some((other) => roleIncludes(other, operation) === true);
}

/** The operation that a request is: literal segments before parameters, as the gateway matches. */
export function requestedBy(method: string, path: string): Operation | undefined {
  const clean = path.split('?')[0]!.replace(/^\/ex\/(jira|confluence)\/[^/]+/, '');
  const segments = clean.replace(/^(\/rest\/api)\/(2|latest)\//, '$1/3/').split('/');
  let best: Operation | undefined;
  let literal = -1;
  for (const operation of operations) {
    if (operation.method !== method) continue;
    const parts = operation.path.split('/');
    if (parts.length !== segments.length) continue;
    if (!parts.every((part, at) => (part.startsWith('{') ? segments[at] !== '' : part === segments[at]))) continue;
    const count = parts.filter((part) => !part.startsWith('{')).length;
    if (count > literal) [best, literal] = [operation, count];
  }
  return best;
}

/** A request of that operation to try: the first project that is in reach stands in for what it names. */
export function exampleOf(operation: Operation, resource: string): string {
  const key = resource.split('/')[1]?.split('=')[0] ?? '';
  const project = key && key !== '*' ? key : 'KEY';
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => (/issue/i.test(name) ? `${project}-1` : /project|space/i.test(name) ? project : '1'));
}

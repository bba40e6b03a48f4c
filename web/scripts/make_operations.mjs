// What Gatehouse knows of the sites' APIs (catalogue/*.ops, catalogue/*.roles), as the page where credentials are made needs it: which
// operation needs which scopes, and which access role permits it. The tables are those that the binary decides by. Operations whose
// scopes nobody knows are left out, since they are refused to every token.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const kVersions = ['3', '2'];
/** `{2|3|latest}` is one of these words: the newest that has a number. `{name}` stays. */
const shown = (path) => path.replace(/\{([^{}]*\|[^{}]*)\}/g, (_, words) => kVersions.find((one) => words.split('|').includes(one)) ?? words.split('|')[0]);

function operationsOf(product, text, where) {
  const all = [];
  for (const block of text.split(/^operation /m).slice(1)) {
    const lines = block.split('\n').map((line) => line.replace(/\s+#.*$/, '').trimEnd());
    const request = /^ {2}(GET|POST|PUT|PATCH|DELETE) (\S+)$/.exec(lines[1] ?? '');
    const rest = Object.fromEntries(lines.slice(2).map((line) => line.trim().split(/\s+/)).filter((words) => words[0]).map((words) => [words[0], words.slice(1)]));
    if (!request || !rest.scopes || !rest.access || !rest.bounded) throw new Error(`${where}: no operation is understood in ${JSON.stringify(lines[0])}`);
    if (rest.scopes[0] === 'unknown') continue;
    const bar = rest.scopes.indexOf('|');
    const none = rest.scopes[0] === '-';
    const classic = none ? [] : rest.scopes.slice(0, bar < 0 ? undefined : bar);
    const granular = bar < 0 ? [] : rest.scopes.slice(bar + 1);
    all.push({
      id: lines[0].trim(), product, method: request[1], path: shown(request[2]), access: rest.access[0],
      classic: none || classic.length > 0 ? classic : null, granular: granular.length > 0 ? granular : null, wholeSite: rest.bounded[0] === 'refused',
    });
  }
  return all;
}

function rolesOf(text) {
  const roles = {};
  let role;
  for (const line of text.split('\n')) {
    const words = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (words[0] === 'role') role = roles[words[1]] = { access: [], operations: [], includes: [] };
    else if (role && words[0] in role) role[words[0]].push(...words.slice(1));
  }
  return roles;
}

export function makeOperations(folder) {
  const operations = [];
  const roles = {};
  for (const file of readdirSync(folder).sort()) {
    const product = file.split('_')[0];
    const text = readFileSync(join(folder, file), 'utf8');
    if (file.endsWith('.ops')) operations.push(...operationsOf(product, text, file));
    if (file.endsWith('.roles')) roles[product] = { ...roles[product], ...rolesOf(text) };
  }
  const scopes = [...new Set(operations.flatMap((one) => [...(one.classic ?? []), ...(one.granular ?? [])]))].sort();
  const numbers = (names) => names && names.map((name) => scopes.indexOf(name));
  const rows = operations.map((one) => `  ${JSON.stringify([one.id, one.product, one.method, one.path, one.access, numbers(one.classic), numbers(one.granular), one.wholeSite])},`);
  return `// Made of catalogue/ by scripts/make_operations.mjs; not edited by hand.
export type Access = 'read' | 'write' | 'delete' | 'administer';
/** Id, product, method, path, access, classic scopes, granular scopes, for whole-site tokens alone. Scopes are numbers into scopeNames. */
export type Row = readonly [string, 'jira' | 'confluence', string, string, Access, readonly number[] | null, readonly number[] | null, boolean];
export interface Role {
  access: readonly string[];
  operations: readonly string[];
  includes: readonly string[];
}

export const scopeNames: readonly string[] = ${JSON.stringify(scopes)};
export const rows: readonly Row[] = [
${rows.join('\n')}
];
export const roles: Readonly<Record<string, Readonly<Record<string, Role>>>> = ${JSON.stringify(roles)};
`;
}

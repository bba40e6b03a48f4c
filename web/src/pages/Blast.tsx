// If this ended now: who and what hangs on a token, an account, a person or a site, as `report wake` answers it.
import { useId, useMemo, useState, type FormEvent } from 'react';
import { useList, useLive, type LiveList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { graphOf } from '../parts/blast_graph.ts';
import type { Facet } from '../parts/filter.ts';
import { Graph } from '../parts/Graph.tsx';
import { useMay } from '../parts/me.tsx';
import { Table, type Column } from '../parts/Table.tsx';
import { Expiry } from '../parts/Time.tsx';
import { commandLine, Commands, Empty, Loaded, Page, Section } from '../parts/ui.tsx';
import { go, Link, pathOf, useAddress } from '../router.ts';
import { texts } from '../texts.ts';
import { placeOf } from './Tonight.tsx';

type Item = Schemas['WakeItem'];
type Kind = 'token' | 'account' | 'user' | 'site';
const t = texts.blast;
const kKinds: Kind[] = ['token', 'account', 'user', 'site'];
const kMost = 2000;

export const whatIf = (kind: Kind, name: string): string => `/blast?${new URLSearchParams({ [kind]: name }).toString()}`;

/** On the page of a record: leads to what would stop with it. */
export function WhatIf({ kind, name }: { kind: Kind; name: string }) {
  return <Link className="button" to={whatIf(kind, name)}>{t.link}</Link>;
}

export function Blast() {
  const { query } = useAddress();
  const kind = kKinds.find((one) => query.get(one));
  const name = kind && query.get(kind)!;
  const wake = useLive('reportWake', kind && { query: { [kind]: name, limit: kMost } }, 30_000);
  return (
    <Page title={t.title} lede={t.lede}>
      <Chooser key={`${kind} ${name}`} kind={kind ?? 'token'} name={name ?? ''} />
      {!kind || !name ? <Empty title={t.choose}><p>{t.chooseHelp}</p></Empty> : (
        <Loaded of={wake} lines={6}>
          {(report) => <Report kind={kind} name={name} report={report} table={{ ...wake, data: report.items, complete: report.count <= report.items.length }} />}
        </Loaded>
      )}
    </Page>
  );
}

function Chooser({ kind: first, name }: { kind: Kind; name: string }) {
  const may = useMay();
  // Whoever reads only what is theirs asks about their own automations.
  const kinds = kKinds.filter((one) => one === first || one === 'token' || one === 'account' || may(one === 'user' ? 'listUsers' : 'listSites'));
  const [kind, setKind] = useState<Kind>(first);
  const [text, setText] = useState(name);
  const list = useId();
  const accounts = useList('listAccounts', kind === 'account' ? {} : undefined);
  const tokens = useList('listTokens', kind === 'token' ? {} : undefined);
  const people = useList('listUsers', kind === 'user' && may('listUsers') ? {} : undefined);
  const sites = useList('listSites', kind === 'site' && may('listSites') ? {} : undefined);
  const choices: Array<readonly [string, string]> = {
    account: () => (accounts.data ?? []).map((one) => [one.handle, one.purpose] as const),
    token: () => (tokens.data ?? []).filter((one) => one.state === 'live' || one.state === 'paused').map((one) => [one.id, `${one.name} of ${one.account}`] as const),
    user: () => (people.data ?? []).map((one) => [one.email, one.name] as const),
    site: () => (sites.data ?? []).map((one) => [one.key, one.url] as const),
  }[kind]();
  const look = (event: FormEvent) => {
    event.preventDefault();
    const wanted = text.trim();
    // A token is asked for by its id; whoever types its name means that one, if there is only one.
    const named = kind === 'token' ? (tokens.data ?? []).filter((one) => one.name === wanted) : [];
    if (wanted) go(whatIf(kind, named.length === 1 ? named[0]!.id : wanted));
  };
  return (
    <form className="chooser" onSubmit={look}>
      <label>
        {t.kind}
        <select value={kind} onChange={(event) => { setKind(event.target.value as Kind); setText(''); }}>
          {kinds.map((one) => <option key={one} value={one}>{t.kinds[one]}</option>)}
        </select>
      </label>
      <label className="grow">
        {t.which} <span className="quiet">{t.unknown[kind]}</span>
        <input value={text} list={list} data-filter="" autoComplete="off" spellCheck={false} onChange={(event) => setText(event.target.value)} />
      </label>
      <datalist id={list}>{choices.map(([value, words]) => <option key={value} value={value}>{words}</option>)}</datalist>
      <button type="submit" className="main">{t.look}</button>
    </form>
  );
}

function Named({ of }: { of: Item }) {
  const to = placeOf(of.kind, of.id, of.account, of.site);
  const name = of.name || of.kind;
  return to ? <Link to={to}>{name}</Link> : <>{name}</>;
}

const columns: Column<Item>[] = [
  { key: 'credential', label: t.credential, value: (row) => row.name || row.kind, cell: (row) => <Named of={row} />, grow: 2, narrow: true },
  { key: 'kind', label: t.kindOf, value: (row) => row.kind, grow: 1.3, extra: true },
  { key: 'owner', label: texts.accounts.owner, value: (row) => row.account_owner ?? row.owner, grow: 2 },
  { key: 'account', label: texts.tokens.account, value: (row) => row.account ?? row.site, cell: (row) => (row.account ? <Link to={pathOf('accounts', row.account)}>{row.account}</Link> : (row.site ?? '–')), grow: 1.9 },
  { key: 'resources', label: t.resources, value: (row) => row.resources.join(', '), grow: 1.5 },
  { key: 'places', label: t.places, value: (row) => row.automations.map((one) => one.account ?? `${one.tool ?? '?'} at ${one.place ?? '?'}`).join(', '), grow: 2.5 },
  { key: 'stops', label: t.stops, value: (row) => row.stops, grow: 3, extra: true },
  { key: 'wakes', label: t.wakes, value: (row) => row.wakes.join(', ') || texts.tonight.nobody, cell: (row) => (row.wakes.length > 0 ? row.wakes.join(', ') : <strong className="alarm-word">▲ {texts.tonight.nobody}</strong>), grow: 2, narrow: true },
  { key: 'expires_at', label: texts.tokens.expires, value: (row) => row.expires_at, cell: (row) => <Expiry at={row.expires_at} />, grow: 1.5 },
];
const facets: Facet<Item>[] = [
  { name: 'account', label: texts.tokens.account, values: (row) => [row.account] },
  { name: 'wakes', label: t.wakes, values: (row) => (row.wakes.length > 0 ? row.wakes : [texts.tonight.nobody]) },
];

function Report({ kind, name, report, table }: { kind: Kind; name: string; report: Schemas['WakeReport']; table: LiveList<Item> }) {
  const { items } = report;
  const graph = useMemo(() => graphOf(items), [items]);
  const command = { label: texts.commands.sameList, text: commandLine(['report', 'wake'], { [kind]: name }) };
  if (items.length === 0) return <><div className="calm"><p className="calm-title">{t.nothing}</p></div><Commands of={[command]} /></>;
  const people = [...new Set(items.flatMap((item) => item.wakes))];
  const places = new Set(items.flatMap((item) => item.automations.map((one) => one.account ?? `${one.tool} ${one.place}`))).size;
  const only = items.length === 1 ? items[0]! : undefined;
  const what = kind === 'token' && only ? only.name : name;
  const fixes = items.slice(0, 20).flatMap((item) => item.commands.map((text) => ({ label: `${t.putRight}: ${item.name}`, text })));
  return (
    <>
      <div className={report.alarms > 0 ? 'headline alarm' : 'headline'} role="status">
        <p className="headline-title">{t.headline(what, t.ends[kind], report.count, places)}</p>
        <p>{t.wake(people)} {report.alarms > 0 && <strong>{t.alarms(report.alarms)}</strong>}</p>
        {only && <p>{only.stops}.{only.alarm && ` ${only.alarm}`}</p>}
      </div>
      <Section title={t.graph}>
        <Graph of={graph} />
        <p className="quiet remark">{t.graphNote}</p>
      </Section>
      <Section title={t.table}>
        <Table name="blast" caption={t.table} of={table} rowKey={(row) => row.kind + row.id} columns={columns} facets={facets} sort="credential" empty={null} />
        <Commands of={[command, ...fixes]} />
      </Section>
    </>
  );
}

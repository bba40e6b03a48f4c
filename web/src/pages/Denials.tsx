// What the gateway refused, a line for each token, operation, reason and resource; each leads to why, and to what would permit it.
import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import type { Facet } from '../parts/filter.ts';
import { Table, type Column } from '../parts/Table.tsx';
import { When } from '../parts/Time.tsx';
import { Empty, Page } from '../parts/ui.tsx';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { explained } from './Explain.tsx';

type Row = Schemas['Denial'];
const t = texts.denials;
const kDay = 86_400_000;
const kMost = 1000;

/** Why it was refused; nothing where the request is not kept any more. */
export function Why({ of: row }: { of: Row }) {
  if (!row.request_id) return <span className="quiet">–</span>;
  return <Link to={explained(row.request_id)}>{t.why}<span className="hidden"> {row.operation ?? row.code} {row.name}</span></Link>;
}

const columns: Column<Row>[] = [
  { key: 'last_at', label: t.last, value: (row) => row.last_at, cell: (row) => <When at={row.last_at} />, grow: 1.2, narrow: true },
  { key: 'name', label: t.token, value: (row) => row.name ?? t.nobody, cell: (row) => (row.token ? <Link to={pathOf('tokens', row.token)}>{row.name ?? row.token}</Link> : <span className="quiet">{t.nobody}</span>), grow: 2, narrow: true },
  { key: 'account', label: texts.tokens.account, value: (row) => row.account, cell: (row) => (row.account ? <Link to={pathOf('accounts', row.account)}>{row.account}</Link> : <span className="quiet">–</span>), grow: 1.5 },
  { key: 'operation', label: t.operation, value: (row) => row.operation, grow: 1.6 },
  { key: 'code', label: t.code, value: (row) => row.code, cell: (row) => <code>{row.code}</code>, grow: 2 },
  { key: 'resource', label: t.resource, value: (row) => row.resource },
  { key: 'count', label: t.count, value: (row) => row.count, right: true, grow: 0.8 },
  { key: 'request_id', label: t.explain, value: (row) => row.request_id, cell: (row) => <Why of={row} />, grow: 0.9, narrow: true },
  { key: 'first_at', label: t.first, value: (row) => row.first_at, cell: (row) => <When at={row.first_at} />, grow: 1.2, extra: true },
  { key: 'owner', label: texts.tokens.owner, value: (row) => row.owner, grow: 2, extra: true },
  { key: 'site', label: t.site, value: (row) => row.site, extra: true },
];
const facets: Facet<Row>[] = [
  { name: 'account', label: texts.tokens.account, values: (row) => [row.account], onCommandLine: true },
  { name: 'code', label: t.code, values: (row) => [row.code], onCommandLine: true },
  { name: 'token', label: t.token, values: (row) => [row.token], onCommandLine: true, typed: true },
  { name: 'within', label: t.within, values: () => [], choices: ['1h', '24h'], matches: (row, wanted) => Date.now() - Date.parse(row.last_at) <= (wanted === '1h' ? kDay / 24 : kDay), onCommandLine: true },
];

export function Denials() {
  const denials = useList('listDenials', { limit: kMost }, kMost, 15_000);
  return (
    <Page title={t.title} lede={t.lede}>
      <Table
        name="denials" caption={t.title} of={denials} columns={columns} facets={facets} sort="-last_at" hint={t.hint} command={['denials']}
        rowKey={(row) => [row.token, row.operation, row.code, row.resource, row.site].join(' ')}
        empty={<Empty title={t.empty}><p>{t.emptyHelp}</p></Empty>}
      />
    </Page>
  );
}

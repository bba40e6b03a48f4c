import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import type { Facet } from '../parts/filter.ts';
import { Table, type Column } from '../parts/Table.tsx';
import { When } from '../parts/Time.tsx';
import { Empty, Page, State } from '../parts/ui.tsx';
import { pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type Row = Schemas['Account'];
const t = texts.accounts;

const columns: Column<Row>[] = [
  { key: 'handle', label: t.handle, value: (row) => row.handle, grow: 2, narrow: true },
  { key: 'owner', label: t.owner, value: (row) => row.owner, grow: 2, narrow: true },
  { key: 'deputy', label: t.deputy, value: (row) => row.deputy, grow: 2, extra: true },
  { key: 'purpose', label: t.purpose, value: (row) => row.purpose, grow: 3.5 },
  { key: 'runs_in', label: t.runsIn, value: (row) => row.runs_in, grow: 2 },
  { key: 'criticality', label: t.criticality, value: (row) => row.criticality, extra: true },
  { key: 'created_at', label: t.created, value: (row) => row.created_at, cell: (row) => <When at={row.created_at} />, grow: 1.6 },
  { key: 'state', label: t.state, value: (row) => row.state, cell: (row) => <State is={row.state} />, narrow: true },
];
const facets: Facet<Row>[] = [
  { name: 'state', label: t.state, values: (row) => [row.state] },
  { name: 'owner', label: t.owner, values: (row) => [row.owner], onCommandLine: true },
  { name: 'criticality', label: t.criticality, values: (row) => [row.criticality] },
];

export function Accounts() {
  const accounts = useList('listAccounts', { archived: true });
  return (
    <Page title={t.title} lede={t.lede}>
      <Table
        name="accounts"
        caption={t.title}
        of={accounts}
        rowKey={(row) => row.id}
        columns={columns}
        facets={facets}
        to={(row) => pathOf('accounts', row.handle)}
        sort="handle"
        command={['account', 'list']}
        empty={<Empty title={t.empty}><p>{t.emptyHelp}</p></Empty>}
      />
    </Page>
  );
}

import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { expiringWithin } from '../parts/facets.ts';
import type { Facet } from '../parts/filter.ts';
import { Table, type Column } from '../parts/Table.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { Empty, Page, State } from '../parts/ui.tsx';
import { pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type Row = Schemas['Token'];
const t = texts.tokens;

const columns: Column<Row>[] = [
  { key: 'name', label: t.name, value: (row) => row.name, grow: 2, narrow: true },
  { key: 'account', label: t.account, value: (row) => row.account, grow: 2 },
  { key: 'owner', label: t.owner, value: (row) => row.owner, grow: 2.35 },
  { key: 'created_at', label: t.created, value: (row) => row.created_at, cell: (row) => <When at={row.created_at} />, grow: 1.5 },
  { key: 'expires_at', label: t.expires, value: (row) => row.expires_at, cell: (row) => <Expiry at={row.expires_at} />, grow: 1.8, narrow: true },
  { key: 'last_used_at', label: t.lastUsed, value: (row) => row.last_used_at, cell: (row) => <When at={row.last_used_at} />, grow: 1.55 },
  { key: 'state', label: t.state, value: (row) => row.state, cell: (row) => <State is={row.state} />, grow: 1.45, narrow: true },
  { key: 'resources', label: t.resources, value: (row) => row.resources.join(' '), grow: 1.6 },
  { key: 'scopes', label: t.scopes, value: (row) => row.scopes.join(' '), grow: 3, extra: true },
  { key: 'id', label: t.id, value: (row) => row.id, extra: true },
];
const facets: Facet<Row>[] = [
  { name: 'state', label: t.state, values: (row) => [row.state], onCommandLine: true },
  { name: 'owner', label: t.owner, values: (row) => [row.owner], onCommandLine: true },
  { name: 'account', label: t.account, values: (row) => [row.account], onCommandLine: true },
  { name: 'resource', label: t.resources, values: (row) => row.resources, onCommandLine: true },
  expiringWithin<Row>(true),
];

export function Tokens() {
  const tokens = useList('listTokens', {});
  return (
    <Page title={t.title} lede={t.lede}>
      <Table
        name="tokens"
        caption={t.title}
        of={tokens}
        rowKey={(row) => row.id}
        columns={columns}
        facets={facets}
        to={(row) => pathOf('tokens', row.id)}
        sort="expires_at"
        command={['token', 'list']}
        empty={<Empty title={t.empty}><p>{t.emptyHelp}</p></Empty>}
      />
    </Page>
  );
}

import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import type { Facet } from '../parts/filter.ts';
import { Table, type Column } from '../parts/Table.tsx';
import { When } from '../parts/Time.tsx';
import { Empty, Page, State } from '../parts/ui.tsx';
import { pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type Row = Schemas['Site'];
const t = texts.sites;

const columns: Column<Row>[] = [
  { key: 'key', label: t.key, value: (row) => row.key, narrow: true },
  { key: 'product', label: t.product, value: (row) => row.product, narrow: true },
  { key: 'url', label: t.url, value: (row) => row.url, grow: 3 },
  { key: 'host', label: t.host, value: (row) => row.host, grow: 2 },
  { key: 'cloud_id', label: t.cloudId, value: (row) => row.cloud_id, grow: 2, extra: true },
  { key: 'created_at', label: t.created, value: (row) => row.created_at, cell: (row) => <When at={row.created_at} />, grow: 1.5 },
  { key: 'state', label: t.state, value: (row) => row.state, cell: (row) => <State is={row.state} />, narrow: true },
];
const facets: Facet<Row>[] = [
  { name: 'state', label: t.state, values: (row) => [row.state] },
  { name: 'product', label: t.product, values: (row) => [row.product] },
];

export function Sites() {
  const sites = useList('listSites', {});
  return (
    <Page title={t.title} lede={t.lede}>
      <Table name="sites" caption={t.title} of={sites} rowKey={(row) => row.id} columns={columns} facets={facets} to={(row) => pathOf('sites', row.key)} sort="key" command={['site', 'list']} empty={<Empty title={t.empty}><p>{t.emptyHelp}</p></Empty>} />
    </Page>
  );
}

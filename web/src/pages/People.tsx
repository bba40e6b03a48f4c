import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import type { Facet } from '../parts/filter.ts';
import { Table, type Column } from '../parts/Table.tsx';
import { When } from '../parts/Time.tsx';
import { Empty, Page, State } from '../parts/ui.tsx';
import { pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type Row = Schemas['User'];
const t = texts.people;

const columns: Column<Row>[] = [
  { key: 'name', label: t.name, value: (row) => row.name, grow: 2, narrow: true },
  { key: 'email', label: t.email, value: (row) => row.email, grow: 3 },
  { key: 'role', label: t.role, value: (row) => row.role, grow: 2, narrow: true },
  { key: 'resources', label: t.resources, value: (row) => row.resources.join(' '), grow: 2 },
  { key: 'created_at', label: t.created, value: (row) => row.created_at, cell: (row) => <When at={row.created_at} />, grow: 1.5 },
  { key: 'state', label: t.state, value: (row) => row.state, cell: (row) => <State is={row.state} />, grow: 1.4, narrow: true },
];
const facets: Facet<Row>[] = [
  { name: 'role', label: t.role, values: (row) => [row.role], onCommandLine: true },
  { name: 'state', label: t.state, values: (row) => [row.state] },
];

export function People() {
  const people = useList('listUsers', {});
  return (
    <Page title={t.title} lede={t.lede}>
      <Table name="people" caption={t.title} of={people} rowKey={(row) => row.id} columns={columns} facets={facets} to={(row) => pathOf('people', row.email)} sort="name" command={['user', 'list']} empty={<Empty title={t.empty} />} />
    </Page>
  );
}

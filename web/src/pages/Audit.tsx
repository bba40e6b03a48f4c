import { call } from '../api/client.ts';
import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import type { Facet } from '../parts/filter.ts';
import { useMay } from '../parts/me.tsx';
import { Table, type Column } from '../parts/Table.tsx';
import { When } from '../parts/Time.tsx';
import { toast } from '../parts/Toasts.tsx';
import { commandLine, Empty, Page, State } from '../parts/ui.tsx';
import { texts } from '../texts.ts';

type Row = Schemas['AuditRecord'];
const t = texts.audit;

const columns: Column<Row>[] = [
  { key: 'sequence', label: t.sequence, value: (row) => row.sequence, right: true, narrow: true },
  { key: 'at', label: t.at, value: (row) => row.at, cell: (row) => <When at={row.at} />, grow: 1.3, narrow: true },
  { key: 'action', label: t.action, value: (row) => row.action, grow: 2, narrow: true },
  { key: 'target', label: t.target, value: (row) => row.target_name || row.target_id, grow: 2 },
  { key: 'actor', label: t.actor, value: (row) => row.actor, grow: 2 },
  { key: 'reason', label: t.reason, value: (row) => row.reason, grow: 2 },
  { key: 'address', label: t.address, value: (row) => row.address, grow: 1.3, extra: true },
  { key: 'outcome', label: t.outcome, value: (row) => row.outcome, cell: (row) => <State is={row.outcome} /> },
];
const facets: Facet<Row>[] = [
  { name: 'action', label: t.action, values: (row) => [row.action], onCommandLine: true },
  { name: 'outcome', label: t.outcome, values: (row) => [row.outcome] },
];

export function Audit() {
  const may = useMay();
  const records = useList('listAudit', {}, 5000, 10_000);
  const verify = async () => {
    const said = await call('verifyAudit', {});
    toast(t.verified(said.intact, said.records));
  };
  return (
    <Page
      title={t.title}
      lede={t.lede}
      actions={may('verifyAudit') && <Action label={t.verify} about={t.lede} commands={() => [{ label: t.title, text: commandLine(['audit', 'verify']) }]} run={verify} done={t.verify} />}
    >
      <Table name="audit" caption={t.title} of={records} rowKey={(row) => row.id} columns={columns} facets={facets} sort="-sequence" command={['audit', 'list']} empty={<Empty title={t.empty} />} />
    </Page>
  );
}

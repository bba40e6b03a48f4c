import { call } from '../api/client.ts';
import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import type { Facet } from '../parts/filter.ts';
import { useMay } from '../parts/me.tsx';
import { Table, type Column } from '../parts/Table.tsx';
import { When } from '../parts/Time.tsx';
import { commandLine, Empty, Page, State } from '../parts/ui.tsx';
import { texts } from '../texts.ts';
import { OpenMatters } from './Tonight.tsx';

type Row = Schemas['Delivery'];
const t = texts.notifications;

const columns: Column<Row>[] = [
  { key: 'queued_at', label: t.queued, value: (row) => row.queued_at, cell: (row) => <When at={row.queued_at} />, grow: 1.5, narrow: true },
  { key: 'type', label: t.type, value: (row) => row.type, grow: 2, narrow: true },
  { key: 'subject', label: t.subject, value: (row) => row.subject_name || row.subject_id, grow: 2 },
  { key: 'recipient', label: t.recipient, value: (row) => row.recipient, grow: 2 },
  { key: 'channel', label: t.channel, value: (row) => row.channel },
  { key: 'state', label: t.state, value: (row) => row.state, cell: (row) => <State is={row.state} />, narrow: true },
  { key: 'problem', label: t.problem, value: (row) => row.problem, grow: 3 },
  { key: 'because', label: t.because, value: (row) => row.because, grow: 3, extra: true },
  { key: 'attempts', label: t.attempts, value: (row) => row.attempts, right: true, extra: true },
  { key: 'sent_at', label: t.sent, value: (row) => row.sent_at, cell: (row) => <When at={row.sent_at} />, grow: 1.5, extra: true },
];
const facets: Facet<Row>[] = [
  { name: 'state', label: t.state, values: (row) => [row.state] },
  { name: 'type', label: t.type, values: (row) => [row.type] },
  { name: 'recipient', label: t.recipient, values: (row) => [row.recipient], onCommandLine: true },
];

export function Notifications() {
  const may = useMay();
  const log = useList('listDeliveries', { limit: 1000 }, 1000);
  const matters = useList('listMatters', {});
  return (
    <Page
      title={t.title}
      lede={t.lede}
      actions={may('testNotify') && <Action label={t.test} about={t.testAbout} commands={() => [{ label: t.title, text: commandLine(['notify', 'test']) }]} run={() => call('testNotify', { body: {} })} done={t.tested} />}
    >
      <OpenMatters matters={matters} />
      <Table name="notifications" caption={t.title} of={log} rowKey={(row) => row.message + row.recipient} columns={columns} facets={facets} sort="-queued_at" command={['notify', 'log']} empty={<Empty title={t.empty} />} />
    </Page>
  );
}

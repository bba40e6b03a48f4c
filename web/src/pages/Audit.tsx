import { useEffect, useState } from 'react';
import { call } from '../api/client.ts';
import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { parseFilter, type Facet } from '../parts/filter.ts';
import { useMay } from '../parts/me.tsx';
import { Table, type Column } from '../parts/Table.tsx';
import { When } from '../parts/Time.tsx';
import { toast } from '../parts/Toasts.tsx';
import { Changes } from '../parts/Timeline.tsx';
import { commandLine, Commands, Empty, Facts, Loaded, Page, Section, State } from '../parts/ui.tsx';
import { pathOf, useAddress } from '../router.ts';
import { texts } from '../texts.ts';

type Row = Schemas['AuditRecord'];
const t = texts.audit;

const columns: Column<Row>[] = [
  { key: 'action', label: t.action, value: (row) => row.action, grow: 2, narrow: true },
  { key: 'at', label: t.at, value: (row) => row.at, cell: (row) => <When at={row.at} />, grow: 1.3, narrow: true },
  { key: 'target', label: t.target, value: (row) => row.target_name || row.target_id, grow: 2 },
  { key: 'actor', label: t.actor, value: (row) => row.actor, grow: 2 },
  { key: 'reason', label: t.reason, value: (row) => row.reason, grow: 2 },
  { key: 'address', label: t.address, value: (row) => row.address, grow: 1.3, extra: true },
  { key: 'sequence', label: t.sequence, value: (row) => row.sequence, right: true, grow: 0.7 },
  { key: 'outcome', label: t.outcome, value: (row) => row.outcome, cell: (row) => <State is={row.outcome} /> },
];
/** What the server narrows by; words and `outcome` are looked for in what it answers. */
const kAsked = ['action', 'target', 'actor', 'from', 'to'] as const;
const asked = (name: string): Facet<Row> => ({ name, label: name, values: () => [], matches: () => true, onCommandLine: true, typed: true });
const facets: Facet<Row>[] = [
  { name: 'action', label: t.action, values: (row) => [row.action], matches: () => true, onCommandLine: true },
  { name: 'outcome', label: t.outcome, values: (row) => [row.outcome] },
  ...kAsked.slice(1).map(asked),
];

/** What is typed, once it stands for a moment: the server is not asked for each letter. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 300);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** The newest thousand that the filter of the address asks for. */
function useRecords() {
  const { query } = useAddress();
  const text = useSettled(query.get('q') ?? '');
  const wanted = Object.fromEntries(parseFilter(text, kAsked).terms.map(({ name, value }) => [name, value]));
  return useList('listAudit', wanted, 1000, 10_000);
}

export function Audit() {
  const may = useMay();
  const records = useRecords();
  const verify = async () => {
    const said = await call('verifyAudit', {});
    toast(t.verified(said.intact, said.records));
  };
  return (
    <Page
      title={t.title}
      lede={t.lede}
      actions={may('verifyAudit') && <Action label={t.verify} about={t.lede} commands={() => [{ label: t.title, text: commandLine(['audit', 'verify']) }]} run={verify} />}
    >
      <Table name="audit" caption={t.title} of={records} rowKey={(row) => row.id} columns={columns} facets={facets} to={(row) => pathOf('audit', row.id)} hint={t.filterHint} sort="-sequence" command={['audit', 'list']} empty={<Empty title={t.empty} />} />
    </Page>
  );
}

/** One record, with what was before and what is after. */
export function AuditRecord({ id }: { id: string }) {
  const records = useRecords();
  const record = records.data?.find((one) => one.id === id);
  return (
    <Page title={record?.action ?? t.title} lede={record && <>{t.sequence} {record.sequence} · <code>{record.id}</code></>}>
      <Loaded of={records}>
        {() => !record ? <Empty title={t.tooOld}><p><code>{commandLine(['audit', 'export'])}</code></p></Empty> : (
          <>
            <Facts
              of={[
                [t.at, <When at={record.at} full />],
                [t.outcome, <State is={record.outcome} />],
                [t.target, <>{record.target_kind} {record.target_name || record.target_id}</>],
                [t.actor, <>{record.actor} <span className="quiet">{record.actor_kind}</span></>],
                [t.onBehalfOf, record.on_behalf_of],
                [t.reason, record.reason],
                [t.address, record.address],
                [texts.tokens.agent, record.user_agent],
              ]}
            />
            <Section title={t.changes}><Changes of={record} /></Section>
            <Commands of={[{ label: t.sameTarget, text: commandLine(['audit', 'list'], { target: record.target_id }) }]} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

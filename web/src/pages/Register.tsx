// The register: every automation, with what it does, where it runs, who answers, and how its secret is replaced.
import { useList } from '../api/live.ts';
import { ask, targetOf } from '../api/client.ts';
import { problemOf } from '../api/problem.ts';
import type { Operations, Schemas } from '../api/types.ts';
import { download } from '../parts/download.ts';
import { expiringWithin } from '../parts/facets.ts';
import type { Facet } from '../parts/filter.ts';
import { AskAction } from '../parts/AskAction.tsx';
import { Table, type Column } from '../parts/Table.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { commandLine, Empty, Page, State } from '../parts/ui.tsx';
import { pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { ReadFile } from './ReadFile.tsx';

type Row = Schemas['RegisterEntry'];
const t = texts.register;
const a = texts.accounts;

const soonest = (all: ReadonlyArray<string | null | undefined>): string | null => all.filter((one): one is string => Boolean(one)).sort()[0] ?? null;
const open = (row: Row) => row.credentials.filter((one) => one.state === 'live' || one.state === 'paused');
const nextEnd = (row: Row) => soonest(open(row).map((one) => one.expires_at));
const nextDue = (row: Row) => soonest(open(row).map((one) => one.rotation_due_at));
const lastSeen = (row: Row) => row.observed.last_used_at ?? row.credentials.map((one) => one.last_used_at).filter(Boolean).sort().at(-1) ?? null;

const columns: Column<Row>[] = [
  { key: 'handle', label: a.handle, value: (row) => row.handle, grow: 1.6, narrow: true },
  { key: 'purpose', label: t.does, value: (row) => row.purpose, grow: 3 },
  { key: 'runs_in', label: t.where, value: (row) => row.runs_in, grow: 1.6 },
  { key: 'owner', label: a.owner, value: (row) => row.owner, grow: 2, narrow: true },
  { key: 'deputy', label: a.deputy, value: (row) => row.deputy, grow: 2, extra: true },
  { key: 'tool', label: t.tool, value: (row) => row.tool, extra: true },
  { key: 'criticality', label: a.criticality, value: (row) => row.criticality, extra: true },
  { key: 'expires_at', label: t.next, value: nextEnd, cell: (row) => <Expiry at={nextEnd(row)} none={open(row).length === 0 ? '–' : texts.time.permanent} />, grow: 1.5, narrow: true },
  { key: 'rotation_due_at', label: t.due, value: nextDue, cell: (row) => <Expiry at={nextDue(row)} none="–" />, grow: 1.5, extra: true },
  { key: 'last_used_at', label: t.seen, value: lastSeen, cell: (row) => <When at={lastSeen(row)} />, grow: 1.5 },
  { key: 'requests', label: t.requests, value: (row) => row.observed.requests, right: true, extra: true },
  { key: 'refused', label: texts.explain.denied, value: (row) => row.observed.refused, right: true, extra: true },
  { key: 'credentials', label: t.credentials, value: (row) => open(row).length, right: true, extra: true },
  { key: 'created_at', label: a.created, value: (row) => row.created_at, cell: (row) => <When at={row.created_at} />, extra: true },
  { key: 'external', label: t.kind, value: (row) => (row.external ? t.external : t.passes), extra: true },
  { key: 'state', label: a.state, value: (row) => row.state, cell: (row) => <State is={row.state} />, grow: 0.9 },
];
const soon = expiringWithin<{ expires_at?: string | null }>(false);
const facets: Facet<Row>[] = [
  { name: 'owner', label: a.owner, values: (row) => [row.owner], onCommandLine: true },
  { name: 'state', label: a.state, values: (row) => [row.state] },
  { name: 'criticality', label: a.criticality, values: (row) => [row.criticality] },
  { name: 'runs-in', label: t.where, values: (row) => [row.runs_in] },
  { name: 'external', label: t.kind, values: (row) => [row.external ? 'yes' : 'no'] },
  { ...soon, values: () => [], matches: (row, wanted) => soon.matches!({ expires_at: nextEnd(row) }, wanted) },
];

type Format = NonNullable<Operations['exportRegister']['query']['format']>;

/** The server's own file, which `register import` reads again. */
async function take(format: Format): Promise<null> {
  const answer = await ask('GET', targetOf('exportRegister', {}, { format }));
  if (!answer.ok) throw await problemOf(answer);
  download(`gatehouse-register.${format === 'markdown' ? 'md' : format}`, await answer.text(), answer.headers.get('Content-Type') ?? 'text/plain');
  return null;
}

export function Register() {
  const entries = useList('listRegister', { archived: true }, 20_000, 60_000);
  return (
    <Page
      title={t.title}
      lede={t.lede}
      actions={
        <>
        <ReadFile />
        <AskAction
          label={t.file}
          about={t.fileAbout}
          fields={[{ name: 'format', label: t.format, choices: (['csv', 'json', 'yaml', 'markdown'] as const).map((one) => [one, one] as const) }]}
          commands={({ format }) => [{ label: t.file, text: commandLine(['register', 'export'], { format: format ?? null }) }]}
          run={({ format }) => take(format as Format)}
          done={t.filed}
        />
        </>
      }
    >
      <Table
        name="register"
        caption={t.title}
        of={entries}
        rowKey={(row) => row.id}
        columns={columns}
        facets={facets}
        to={(row) => pathOf('register', row.handle)}
        sort="handle"
        command={['register', 'list']}
        empty={<Empty title={t.empty}><p>{t.emptyHelp}</p></Empty>}
      />
    </Page>
  );
}

import { call } from '../api/client.ts';
import { refreshAll, useList, useLive } from '../api/live.ts';
import { asProblem } from '../api/problem.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import type { Facet } from '../parts/filter.ts';
import { useMay } from '../parts/me.tsx';
import { Table, type Column } from '../parts/Table.tsx';
import { When } from '../parts/Time.tsx';
import { toast } from '../parts/Toasts.tsx';
import { commandLine, Commands, Empty, Loaded, Page, Section, State } from '../parts/ui.tsx';
import { texts } from '../texts.ts';
import { OpenMatters } from './Tonight.tsx';

type Row = Schemas['Delivery'];
const t = texts.notifications;

const columns: Column<Row>[] = [
  { key: 'queued_at', label: t.queued, value: (row) => row.queued_at, cell: (row) => <When at={row.queued_at} />, grow: 1.5, narrow: true },
  { key: 'type', label: t.type, value: (row) => row.type, grow: 2.2, narrow: true },
  { key: 'subject', label: t.subject, value: (row) => row.subject_name || row.subject_id, grow: 2 },
  { key: 'recipient', label: t.recipient, value: (row) => row.recipient, grow: 2 },
  { key: 'channel', label: t.channel, value: (row) => row.channel },
  { key: 'state', label: t.state, value: (row) => row.state, cell: (row) => <State is={row.state} />, grow: 1.4, narrow: true },
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
  const reads = may('listDeliveries');
  const log = useList('listDeliveries', reads ? { limit: 1000 } : undefined, 1000);
  const matters = useList('listMatters', {});
  return (
    <Page
      title={t.title}
      lede={reads ? t.lede : t.ledeMine}
      actions={may('testNotify') && <Action label={t.test} about={t.testAbout} commands={() => [{ label: t.title, text: commandLine(['notify', 'test']) }]} run={() => call('testNotify', { body: {} })} done={t.tested} />}
    >
      <OpenMatters matters={matters} all calm={t.calm} />
      {may('showDigest') && <Digest />}
      {reads && <Section title={t.log}><Table name="notifications" caption={t.title} of={log} rowKey={(row) => row.message + row.recipient} columns={columns} facets={facets} sort="-queued_at" command={['notify', 'log']} empty={<Empty title={t.empty} />} /></Section>}
    </Page>
  );
}

type Pace = 'none' | 'hourly' | 'daily';

/** One's own: at once, each hour, or once a day. Mild: it is set as it is chosen, and can be taken back. */
function Digest() {
  const c = texts.channels;
  const digest = useLive('showDigest', {}, 60_000);
  const set = async (to: string, before: string) => {
    try {
      await call('setDigest', { body: { digest: to as Pace } });
      toast(c.digestSet(c.mail, c.digests[to as Pace]), () => call('setDigest', { body: { digest: before as Pace } }));
    } catch (caught) {
      toast(asProblem(caught).message);
    }
    refreshAll();
  };
  return (
    <Section title={c.mail}>
      <Loaded of={digest} lines={1}>
        {(mine) => (
          <>
            <div className="segments" role="radiogroup" aria-label={c.digest}>
              {Object.entries(c.digests).map(([word, about]) => (
                <label key={word} className={`segment ${mine.digest === word ? 'chosen' : ''}`}>
                  <input type="radio" name="digest" checked={mine.digest === word} onChange={() => void set(word, mine.digest)} />
                  {about}
                </label>
              ))}
            </div>
            <p className="quiet remark">{t.digestAbout}</p>
            <Commands of={[{ label: c.mail, text: commandLine(['notify', 'digest', mine.digest]) }]} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

// The first page: if something expires tonight, who wakes up tomorrow? Soonest first, and calm where there is nothing.
import { useState } from 'react';
import { call } from '../api/client.ts';
import { refreshAll, useList, useLive } from '../api/live.ts';
import { asProblem } from '../api/problem.ts';
import type { Schemas } from '../api/types.ts';
import { useMay, useMe } from '../parts/me.tsx';
import { Expiry, urgencyOf, useNow, When, type Urgency } from '../parts/Time.tsx';
import { toast } from '../parts/Toasts.tsx';
import { Commands, commandLine, Empty, Facts, Loaded, Outside, Page, Section, State, Waiting } from '../parts/ui.tsx';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type WakeItem = Schemas['WakeItem'];
type Matter = Schemas['Matter'];
const t = texts.tonight;

export function placeOf(kind: string, id: string, account?: string | null, site?: string | null): string | undefined {
  if (kind === 'token' || kind === 'external credential') return pathOf('tokens', id);
  if (kind === 'account') return pathOf('accounts', account ?? id);
  if (kind === 'site credential' && site) return pathOf('sites', site);
  return undefined;
}

export function Tonight() {
  const may = useMay();
  return may('reportWake') ? <Everybody /> : <Mine />;
}

/** Everything is asked for at once and shown in the order in which it is read: what comes later stands below, and moves nothing. */
function Everybody() {
  const wake = useLive('reportWake', { query: { within: '30d', limit: 500 } }, 30_000);
  const matters = useList('listMatters', {});
  const reports = useReports();
  return (
    <Page title={t.title} lede={t.question}>
      {wake.loading || matters.loading ? <Waiting lines={5} /> : (
        <>
          <Loaded of={wake}>{(report) => <Ends items={report.items} matters={matters.data ?? []} />}</Loaded>
          <OpenMatters matters={matters} />
          <Reports all={reports} />
        </>
      )}
    </Page>
  );
}

function Ends({ items, matters }: { items: WakeItem[]; matters: Matter[] }) {
  const now = useNow();
  const by = (urgency: Urgency) => items.filter((item) => item.expires_at && urgencyOf(item.expires_at, now) === urgency);
  const tonight = by('tonight');
  const later: Array<['week' | 'month', WakeItem[]]> = [['week', by('week')], ['month', by('month')]];
  const alarms = tonight.filter((item) => item.wakes.length === 0).length;
  return (
    <>
      {tonight.length === 0 ? (
        <div className="calm">
          <p className="calm-title"><span aria-hidden="true">☾</span> {t.calm}</p>
          <p>{t.calmWeek(items.length)}</p>
        </div>
      ) : (
        <div className={alarms > 0 ? 'headline alarm' : 'headline'}>
          <p className="headline-title">{t.headline(tonight.length)}</p>
          {alarms > 0 && <p>{t.alarms(alarms)}</p>}
        </div>
      )}
      {tonight.length > 0 && (
        <Section title={t.within.tonight} count={tonight.length}>
          {tonight.map((item) => <End key={item.kind + item.id} item={item} matters={matters} />)}
        </Section>
      )}
      {later.map(([urgency, ends]) => ends.length > 0 && (
        <Section key={urgency} title={t.within[urgency]} count={ends.length}>
          {ends.map((item) => <End key={item.kind + item.id} item={item} matters={matters} brief />)}
        </Section>
      ))}
    </>
  );
}

function End({ item, matters, brief = false }: { item: WakeItem; matters: Matter[]; brief?: boolean }) {
  const matter = matters.find((one) => one.subject_id === item.id && one.topic === 'expiry' && !one.closed_at);
  const to = placeOf(item.kind, item.id, item.account, item.site);
  const title = item.name || item.kind;
  const body = (
    <>
      <p className="stops">{item.stops}</p>
      {item.alarm && <p className="alarm-line"><span aria-hidden="true">▲</span> {item.alarm}</p>}
      <Facts
        of={[
          [t.wakes, item.wakes.length > 0 ? item.wakes.join(', ') : <strong>{t.nobody}</strong>],
          [t.told, item.told.length > 0 ? <Told all={item.told} /> : t.notTold],
          [t.acknowledged, item.acknowledged.map((one) => one.who).join(', ')],
          [texts.accounts.purpose, item.purpose],
          [texts.accounts.runsIn, item.runs_in],
          [t.runbook, item.runbook && <Outside to={item.runbook} />],
          [t.automations(item.automations.length), item.automations.map((one) => one.account ?? `${one.tool ?? '?'} at ${one.place ?? '?'}`).join(' · ')],
        ]}
      />
      <Commands of={item.commands.map((text) => ({ label: t.putRight, text }))} />
    </>
  );
  return (
    <article className={`end ${item.wakes.length === 0 ? 'unattended' : ''}`}>
      <div className="end-head">
        <div>
          <h3>{to ? <Link to={to}>{title}</Link> : title}</h3>
          <p className="quiet">
            {item.account ? <Link to={pathOf('accounts', item.account)}>{item.account}</Link> : (item.site ?? item.kind)}
            {item.owner && <> · {item.owner}</>}
          </p>
        </div>
        <div className="end-side">
          <Expiry at={item.expires_at} />
          {matter && item.acknowledged.length === 0 && !matter.acknowledged_at && <Acknowledge matter={matter} />}
        </div>
      </div>
      {brief ? <details><summary>{item.stops}</summary>{body}</details> : body}
    </article>
  );
}

function Told({ all }: { all: Schemas['Told'][] }) {
  return <>{all.map((one, index) => <span key={index}>{index > 0 && ', '}{one.who ?? one.channel} <When at={one.at} /></span>)}</>;
}

function Acknowledge({ matter }: { matter: Matter }) {
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    try {
      await call('acknowledgeMatter', { at: { matter: matter.id } });
      toast(t.acknowledgedNow);
      refreshAll();
    } catch (caught) {
      toast(asProblem(caught).message);
    }
    setBusy(false);
  };
  return (
    <button type="button" disabled={busy} title={commandLine(['notify', 'ack', matter.id])} onClick={() => void take()}>
      {busy ? t.acknowledging : t.acknowledge}
    </button>
  );
}

export function OpenMatters({ matters }: { matters: ReturnType<typeof useList<'listMatters'>> }) {
  const open = (matters.data ?? []).filter((one) => !one.closed_at && one.topic !== 'expiry');
  if (matters.data && open.length === 0) return null;
  return (
    <Section title={t.open} count={open.length}>
      <Loaded of={matters}>
        {() => (
          <ul className="lines">
            {open.map((one) => {
              const to = placeOf(one.subject_kind === 'credential' ? 'token' : one.subject_kind, one.subject_id, one.subject_name);
              return (
                <li key={one.id}>
                  <State is={one.topic} />
                  <span className="grow">{to ? <Link to={to}>{one.subject_name ?? one.subject_id}</Link> : (one.subject_name ?? one.subject_id)}</span>
                  <span className="quiet">{t.opened} <When at={one.opened_at} /></span>
                  {one.acknowledged_at ? <span className="quiet">{t.acknowledged} {one.acknowledged_by}</span> : <Acknowledge matter={one} />}
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

const kReports = [
  ['orphans', 'reportOrphans'],
  ['overdue', 'reportOverdue'],
  ['shared', 'reportShared'],
  ['drift', 'reportDrift'],
  ['unused', 'reportUnused'],
] as const;

const useReports = () => kReports.map(([name, id]) => [name, useLive(id, { query: { limit: 5 } }, 60_000)] as const);

/** All of them together, since which cards there are says where each stands. */
function Reports({ all }: { all: ReturnType<typeof useReports> }) {
  const nothing = all.every(([, report]) => report.data?.count === 0);
  return (
    <Section title={t.reportsTitle}>
      {all.some(([, report]) => report.loading) ? <Waiting lines={4} /> : nothing ? (
        <Empty title={t.reportsNone} />
      ) : (
        <div className="columns">
          {all.map(([name, report]) => (report.data?.count === 0 ? null : (
            <div key={name} className="card">
              <h3><Link to={pathOf('reports', name)}>{t.reports[name]}</Link> {report.data && <span className="count">{report.data.count}</span>}</h3>
              <Loaded of={report}>
                {(found) => (
                  <>
                    <ul className="found">
                      {found.items.map((item) => {
                        const to = placeOf(item.kind, item.id, item.account, item.site);
                        return (
                          <li key={item.kind + item.id}>
                            {to ? <Link to={to}>{item.name}</Link> : item.name}
                            {item.account && item.account !== item.name && <span className="quiet"> {item.account}</span>}
                            <p className="quiet">{[...item.reasons, item.detail].filter(Boolean).join('; ')}</p>
                          </li>
                        );
                      })}
                    </ul>
                    {found.count > found.items.length && <p className="quiet">{t.more(found.count - found.items.length)}</p>}
                    <Commands of={[{ label: texts.commands.sameList, text: commandLine(['report', name]) }, ...found.items.filter((item) => item.command).map((item) => ({ label: item.name, text: item.command! }))]} />
                  </>
                )}
              </Loaded>
            </div>
          )))}
        </div>
      )}
    </Section>
  );
}

/** For members and project administrators, who can't see the organization's reports: what of theirs ends. */
function Mine() {
  const me = useMe();
  const tokens = useList('listTokens', { expiring_within: '30d' });
  return (
    <Page title={t.title} lede={t.question}>
      <Section title={t.mine}>
        <Loaded of={tokens}>
          {(all) => all.length === 0 ? (
            <div className="calm"><p className="calm-title"><span aria-hidden="true">☾</span> {t.mineNone}</p></div>
          ) : (
            <ul className="lines">
              {[...all].sort((left, right) => String(left.expires_at).localeCompare(String(right.expires_at))).map((token) => (
                <li key={token.id}>
                  <Expiry at={token.expires_at} />
                  <span className="grow"><Link to={pathOf('tokens', token.id)}>{token.name}</Link> <span className="quiet">{token.account}</span></span>
                  <span className="quiet">{token.owner === me.user ? '' : token.owner}</span>
                  <State is={token.state} />
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </Section>
    </Page>
  );
}

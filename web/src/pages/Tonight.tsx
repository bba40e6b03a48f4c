// The first page: if something expires tonight, who wakes up tomorrow? Soonest first, and calm where there is nothing.
import { useState } from 'react';
import { call } from '../api/client.ts';
import { refreshAll, useList, useLive, type LiveList } from '../api/live.ts';
import { asProblem } from '../api/problem.ts';
import type { Schemas } from '../api/types.ts';
import { useMe } from '../parts/me.tsx';
import { Expiry, urgencyOf, useNow, When, type Urgency } from '../parts/Time.tsx';
import { toast } from '../parts/Toasts.tsx';
import { Commands, commandLine, Empty, Facts, Loaded, Outside, Page, Section, State, Waiting } from '../parts/ui.tsx';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { Why } from './Denials.tsx';

type WakeItem = Schemas['WakeItem'];
type Matter = Schemas['Matter'];
const t = texts.tonight;

export function placeOf(kind: string, id: string, account?: string | null, site?: string | null): string | undefined {
  if (kind === 'token' || kind === 'external credential') return pathOf('tokens', id);
  if (kind === 'account') return pathOf('accounts', account ?? id);
  if (kind === 'site credential' && site) return pathOf('sites', site);
  return undefined;
}

/** Everybody has it: members and project administrators see in it what is theirs, as the server answers them. Everything is asked for at once and shown in the order in which it is read: what comes later stands below, and moves nothing. */
export function Tonight() {
  const wake = useLive('reportWake', { query: { within: '30d', limit: 500 } }, 30_000);
  const matters = useList('listMatters', {});
  const reports = useReports();
  const denials = useList('listDenials', { limit: 200 }, 200, 30_000);
  return (
    <Page title={t.title} lede={t.question}>
      {wake.loading || matters.loading ? <Waiting lines={5} /> : (
        <>
          <Loaded of={wake}>{(report) => <Ends items={report.items} matters={matters.data ?? []} />}</Loaded>
          <OpenMatters matters={matters} />
          <Reports all={reports} denials={denials} />
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

/** Whoever was told takes it on; an organization administrator anything. */
function useTakes(): (matter: Matter) => boolean {
  const me = useMe();
  return (matter) => !!matter.mine || me.role === 'org-admin';
}

function End({ item, matters, brief = false }: { item: WakeItem; matters: Matter[]; brief?: boolean }) {
  const takes = useTakes();
  const matter = matters.find((one) => one.subject_id === item.id && one.topic === 'expiry' && !one.closed_at);
  const to = placeOf(item.kind, item.id, item.account, item.site);
  const title = item.name || item.kind;
  const body = (
    <>
      <p className="stops">{item.stops}</p>
      {item.partial && <p className="quiet">{texts.partial}</p>}
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
          {matter && takes(matter) && item.acknowledged.length === 0 && !matter.acknowledged_at && <Acknowledge matter={matter} />}
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

/** `all`: those about ends too, which stand on the first page by themselves. `calm` is said where nothing is open. */
export function OpenMatters({ matters, all = false, calm }: { matters: LiveList<Matter>; all?: boolean; calm?: string }) {
  const takes = useTakes();
  const open = (matters.data ?? []).filter((one) => !one.closed_at && (all || one.topic !== 'expiry'));
  if (matters.data && open.length === 0) return calm ? <div className="calm"><p className="calm-title">{calm}</p></div> : null;
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
                  {one.acknowledged_at ? <span className="quiet">{t.acknowledged} {one.acknowledged_by}</span> : takes(one) && <Acknowledge matter={one} />}
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

/** Of the tokens that are known, what was refused most often: a job that fails each hour, or somebody who tries doors. */
function Refused({ denials }: { denials: LiveList<Schemas['Denial']> }) {
  const known = (denials.data ?? []).filter((one) => one.token);
  if (denials.data && known.length === 0) return null;
  const most = [...known].sort((left, right) => right.count - left.count).slice(0, 5);
  return (
    <div className="card">
      <h3><Link to="/denials">{texts.denials.card}</Link> {denials.data && <span className="count">{known.length}</span>}</h3>
      <Loaded of={denials}>
        {() => (
          <>
            <ul className="found">
              {most.map((one) => (
                <li key={[one.token, one.operation, one.code, one.resource].join(' ')}>
                  <Link to={pathOf('tokens', one.token!)}>{one.name ?? one.token}</Link>
                  {one.account && one.account !== one.name && <span className="quiet"> {one.account}</span>}
                  <p className="quiet">{[texts.denials.times(one.count), one.operation, one.resource].filter(Boolean).join(' ')}: <code>{one.code}</code>, <When at={one.last_at} /> <Why of={one} /></p>
                </li>
              ))}
            </ul>
            {known.length > most.length && <p className="quiet">{t.more(known.length - most.length)}</p>}
            <Commands of={[{ label: texts.commands.sameList, text: commandLine(['denials']) }]} />
          </>
        )}
      </Loaded>
    </div>
  );
}

const useReports = () => kReports.map(([name, id]) => [name, useLive(id, { query: { limit: 5 } }, 60_000)] as const);

/** All of them together, since which cards there are says where each stands. */
function Reports({ all, denials }: { all: ReturnType<typeof useReports>; denials: LiveList<Schemas['Denial']> }) {
  const nothing = all.every(([, report]) => report.data?.count === 0) && denials.data?.every((one) => !one.token);
  return (
    <Section title={t.reportsTitle}>
      {all.some(([, report]) => report.loading) || denials.loading ? <Waiting lines={4} /> : nothing ? (
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
          <Refused denials={denials} />
        </div>
      )}
    </Section>
  );
}

// All reports, and each with its findings: the evidence, whom to ask, and the command that puts it right.
import { useState } from 'react';
import { call, type OperationId } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import type { Schemas } from '../api/types.ts';
import { useMay } from '../parts/me.tsx';
import { Expiry, Said, When } from '../parts/Time.tsx';
import { commandLine, Commands, CopyButton, Empty, Facts, Loaded, Outside, Page, ProblemNote, Section, State, Words, type Command } from '../parts/ui.tsx';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { WhatIf } from './Blast.tsx';
import { placeOf } from './Tonight.tsx';

const t = texts.reports;
const kPlain = {
  orphans: 'reportOrphans', weak: 'reportWeak', shared: 'reportShared', overdue: 'reportOverdue', drift: 'reportDrift', unused: 'reportUnused', grown: 'reportGrown', incomplete: 'reportIncomplete', installation: 'reportInstallation',
} as const;
type Plain = keyof typeof kPlain;
const kMost = 200;
const isPlain = (name: string): name is Plain => Object.hasOwn(kPlain, name);

export function Reports() {
  const may = useMay();
  const asked = <Id extends OperationId>(id: Id) => (may(id) ? {} : undefined);
  const wouldDeny = useLive('reportWouldDeny', asked('reportWouldDeny'), 60_000);
  const migration = useLive('reportMigration', asked('reportMigration'), 60_000);
  const bypass = useLive('reportBypass', asked('reportBypass'), 60_000);
  return (
    <Page title={t.title} lede={t.lede}>
      <ul className="report-list">
        {(Object.keys(kPlain) as Plain[]).filter((name) => may(kPlain[name])).map((name) => <PlainLine key={name} name={name} />)}
        {may('reportWouldDeny') && <Line name="would-deny" count={wouldDeny.data?.items.length} problem={wouldDeny.problem} />}
        {may('reportBypass') && <Line name="bypass" count={bypass.data?.count} problem={bypass.problem} />}
        {may('reportMigration') && <Line name="migration" count={migration.data?.not_moved} problem={migration.problem} />}
      </ul>
    </Page>
  );
}

function PlainLine({ name }: { name: Plain }) {
  const report = useLive(kPlain[name], { query: { limit: 1 } }, 60_000);
  return <Line name={name} count={report.data?.count} problem={report.problem} />;
}

function Line({ name, count, problem }: { name: string; count: number | undefined; problem: Problem | undefined }) {
  const [title, about] = t.about[name]!;
  return (
    <li className="card">
      <h2><Link to={pathOf('reports', name)}>{title}</Link></h2>
      <p className="quiet">{about}</p>
      {problem && count === undefined ? <ProblemNote problem={problem} /> : count === undefined ? <p className="quiet" aria-busy="true">{texts.loading}</p> : (
        <p className={`state ${count === 0 ? 'good' : 'wait'}`}>{count === 0 ? t.calm : t.found(count)}</p>
      )}
    </li>
  );
}

export function ReportPage({ id }: { id: string }) {
  const about = Object.hasOwn(t.about, id) ? t.about[id]! : undefined;
  return (
    <Page title={about?.[0] ?? texts.notFound.title} lede={about?.[1]} actions={<Link className="button" to="/reports">{t.back}</Link>}>
      {isPlain(id) ? <Findings name={id} /> : id === 'would-deny' ? <WouldDeny /> : id === 'migration' ? <Migration /> : id === 'bypass' ? <Bypass /> : <Empty title={texts.notFound.about} />}
    </Page>
  );
}

function Findings({ name }: { name: Plain }) {
  const may = useMay();
  const report = useLive(kPlain[name], { query: { limit: kMost } }, 60_000);
  const command = { label: texts.commands.sameList, text: commandLine(['report', name]) };
  return (
    <Loaded of={report} lines={8}>
      {(found) => (
        <>
          {name === 'installation' ? <Installation found={found} /> : found.count === 0 ? <div className="calm"><p className="calm-title">{t.calm}</p></div> : (
            <>
              <p className="quiet count-line" role="status">{t.found(found.count)}. {found.count > found.items.length && t.shown(found.items.length, found.count)}</p>
              {found.items.map((item) => <Finding key={item.kind + item.id} report={name} item={item} />)}
            </>
          )}
          {name === 'shared' && found.count > 0 && may('reportSharedPlan') ? <Plan also={command} /> : <Commands of={[command]} />}
        </>
      )}
    </Loaded>
  );
}

/** Gatehouse's own: what needs somebody first, then everything else that it lives by. */
function Installation({ found }: { found: Schemas['Report'] }) {
  const pressing = found.items.filter((item) => item.reasons.length > 0);
  const rest = found.items.filter((item) => item.reasons.length === 0);
  return (
    <>
      {pressing.length === 0 ? <div className="calm"><p className="calm-title">{t.installationCalm}</p></div> : (
        <>
          <p className="quiet count-line" role="status">{t.found(pressing.length)}.</p>
          {pressing.map((item) => <Finding key={item.kind + item.id} report="installation" item={item} />)}
        </>
      )}
      {rest.length > 0 && (
        <Section title={t.inOrder} count={rest.length}>
          <div className="small-table" tabIndex={0} role="region" aria-label={t.inOrder}>
            <table>
              <thead><tr>{[texts.tokens.name, texts.tokens.kind, t.answers, texts.tokens.expires].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
              <tbody>
                {rest.map((item) => (
                  <tr key={item.kind + item.id}>
                    <td>{item.name}</td>
                    <td>{item.kind}</td>
                    <td>{item.answers ?? <strong className="alarm-word">▲ {t.nobody}</strong>}</td>
                    <td><Expiry at={item.expires_at} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
    </>
  );
}

function Finding({ report, item }: { report: Plain; item: Schemas['ReportItem'] }) {
  const to = placeOf(item.kind, item.id, item.account, item.site);
  const may = useMay();
  const own = report === 'installation';
  return (
    <article className={`end ${item.answers ? '' : 'unattended'}`}>
      <div className="end-head">
        <div>
          <h2>{to ? <Link to={to}>{item.name || item.kind}</Link> : item.name || item.kind}</h2>
          <p className="quiet">{item.kind}{item.account && item.account !== item.name && <> · <Link to={pathOf(may('listRegister') ? 'register' : 'accounts', item.account)}>{item.account}</Link></>}{item.site && ` · ${item.site}`}</p>
        </div>
        <div className="end-side">{item.kind === 'token' && <WhatIf kind="token" name={item.id} />}</div>
      </div>
      {item.partial && <p className="quiet">{texts.partial}</p>}
      <p className="stops">{item.reasons.map((one) => <span key={one} className="reason">{one}</span>)} <Said text={item.detail} /></p>
      <Facts
        of={[
          [t.answers, item.answers ?? <strong className="alarm-word">▲ {t.nobody}</strong>],
          [texts.accounts.owner, item.owner && <>{item.owner} {!item.owner_live && <State is="suspended" />}</>],
          [texts.accounts.purpose, !own && item.purpose],
          [texts.accounts.runsIn, !own && item.runs_in],
          [texts.tokens.expires, item.kind !== 'account' && <Expiry at={item.expires_at} none="–" />],
          [texts.tokens.lastUsed, item.kind !== 'account' && !own && <When at={item.last_used_at} />],
          [t.calls, !own && item.calls_a_day?.toLocaleString('en')],
          [texts.tokens.resources, item.resources && item.resources.length > 0 && <Words of={item.resources} />],
          [texts.tonight.runbook, item.runbook && <Outside to={item.runbook} />],
        ]}
      />
      {item.consumers && item.consumers.length > 0 && <Consumers of={item.consumers} label={`${t.evidence}: ${item.name} ${item.id}`} />}
      {item.command && <div className="fix"><div className="command-head"><span>{t.command}</span><CopyButton text={item.command} /></div><pre tabIndex={0}>{item.command}</pre></div>}
      {report === 'shared' && may('reportSharedPlan') && <Plan token={item.id} name={item.name} />}
    </article>
  );
}

function Consumers({ of, label }: { of: Schemas['Consumer'][]; label: string }) {
  return (
    <div className="small-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead><tr>{[t.tool, t.place, t.last, t.first, t.requests, t.days, t.hours].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
        <tbody>
          {of.map((one, index) => (
            <tr key={index} title={one.sample ?? undefined}>
              <td>{one.tool ?? '?'}</td>
              <td><code>{one.place ?? '?'}</code></td>
              <td><When at={one.last_seen_at} /></td>
              <td><When at={one.first_seen_at} /></td>
              <td>{one.requests?.toLocaleString('en')}</td>
              <td>{one.days}</td>
              <td>{one.hours ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The file that splits shared tokens: asked for when somebody wants it. */
function Plan({ token, name, also }: { token?: string; name?: string; also?: Command }) {
  const [plan, setPlan] = useState<string | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  const make = () => call('reportSharedPlan', { query: token ? { token } : {} }).then((said) => setPlan(said.apply), (caught: unknown) => setProblem(asProblem(caught)));
  const body = (
    <>
      <p className="quiet">{t.planAbout}</p>
      {problem && <ProblemNote problem={problem} />}
      {plan === undefined ? <button type="button" onClick={() => void make()}>{t.planShow}</button> : (
        <><div className="command-head"><span>YAML</span><CopyButton text={plan} /></div><pre tabIndex={0} className="tall">{plan}</pre></>
      )}
      <Commands of={[...(also ? [also] : []), { label: t.plan, text: commandLine(['report', 'shared'], { plan: true, token: token ?? null }) }]} />
    </>
  );
  return token ? <details className="plan-of"><summary>{t.planFor(name ?? token)}</summary>{body}</details> : <Section title={t.plan}>{body}</Section>;
}

function WouldDeny() {
  const report = useLive('reportWouldDeny', {}, 30_000);
  return (
    <Loaded of={report} lines={6}>
      {({ tokens, items, not_judged: left }) => (
        <>
          <Section title={t.judged} count={tokens.length}>
            {tokens.length === 0 ? <p className="quiet">{t.judgedNone}</p> : tokens.map((one) => (
              <article key={one.token} className="end">
                <h3><Link to={pathOf('tokens', one.token)}>{one.name}</Link> <span className="quiet">{one.account}</span></h3>
                <Facts of={[[t.proposed, <Words of={one.proposed} />], [t.boundOn, <When at={one.propose_until} full />], [t.permitted, one.permitted.toLocaleString('en')], [t.denied, one.denied.toLocaleString('en')], [t.notJudged, one.not_judged.toLocaleString('en')]]} />
                <Commands of={[{ label: t.bound, text: one.command }]} />
              </article>
            ))}
          </Section>
          <Refusals title={t.refusals} of={items} none={t.refusalsNone} />
          {left.length > 0 && <Refusals title={t.notJudgedTitle} of={left} none={t.refusalsNone} />}
          <Commands of={[{ label: texts.commands.sameList, text: commandLine(['report', 'would-deny']) }]} />
        </>
      )}
    </Loaded>
  );
}

function Refusals({ title, of, none }: { title: string; of: Schemas['WouldDeny'][]; none: string }) {
  return (
    <Section title={title} count={of.length}>
      {of.length === 0 ? <p className="quiet">{none}</p> : (
        <div className="small-table" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead><tr>{[texts.tokens.name, texts.tokens.account, t.operation, texts.explain.fields.resource, t.reason, t.requests, t.last].map((name) => <th key={name} scope="col">{name}</th>)}<th scope="col"><span className="hidden">{t.explain}</span></th></tr></thead>
            <tbody>
              {of.map((one) => (
                <tr key={`${one.token} ${one.operation} ${one.resource} ${one.reason}`}>
                  <td><Link to={pathOf('tokens', one.token)}>{one.name}</Link></td>
                  <td>{one.account}</td>
                  <td><code>{one.operation}</code></td>
                  <td>{one.resource ?? '–'}</td>
                  <td><code>{one.reason}</code></td>
                  <td>{one.requests.toLocaleString('en')}</td>
                  <td><When at={one.last_at} /></td>
                  <td><code>{one.request_id}</code></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function Migration() {
  const report = useLive('reportMigration', {}, 60_000);
  return (
    <Loaded of={report}>
      {(all) => (
        <>
          {all.automations === 0 ? <div className="calm"><p className="calm-title">{t.noMigration}</p></div> : (
            <>
              <div className={all.personal_left > 0 ? 'headline' : 'calm'}><p className="headline-title">{t.migrated(all.done, all.automations, all.personal_left)}</p><progress max={all.automations} value={all.done} aria-label={t.progress} /></div>
              <div className="small-table" tabIndex={0} role="region" aria-label={t.progress}>
                <table>
                  <thead><tr>{[t.automation, texts.accounts.owner, t.progress, t.old, t.personal, t.lastOld, t.since].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
                  <tbody>
                    {all.items.map((one) => (
                      <tr key={one.account}>
                        <td><Link to={pathOf('register', one.account)}>{one.account}</Link></td>
                        <td>{one.owner}</td>
                        <td>{one.progress}</td>
                        <td>{one.old_tokens}</td>
                        <td>{one.personal_tokens}</td>
                        <td><When at={one.old_last_active_at} /></td>
                        <td><When at={one.gateway_since} none="–" /></td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          )}
          <Commands of={[{ label: texts.commands.sameList, text: commandLine(['report', 'migration']) }]} />
        </>
      )}
    </Loaded>
  );
}

function Bypass() {
  const report = useLive('reportBypass', {}, 60_000);
  return (
    <Loaded of={report}>
      {(all) => (
        <>
          {all.items.length === 0 ? <div className="calm"><p className="calm-title">{t.calm}</p></div> : (
            <div className="small-table" tabIndex={0} role="region" aria-label={texts.reports.about.bypass![0]}>
              <table>
                <thead><tr>{[texts.tokens.name, t.automation, texts.accounts.owner, texts.register.holder, t.lastOld, t.since].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
                <tbody>
                  {all.items.map((one) => (
                    <tr key={one.id}>
                      <td><Link to={pathOf('tokens', one.id)}>{one.name}</Link></td>
                      <td><Link to={pathOf('register', one.account)}>{one.account}</Link></td>
                      <td>{one.owner}</td>
                      <td>{one.holder}{one.personal && <span className="quiet"> {texts.register.personal}</span>}</td>
                      <td><When at={one.last_active_at} /></td>
                      <td><When at={one.gateway_since} /></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          <Commands of={[{ label: texts.commands.sameList, text: commandLine(['report', 'bypass']) }]} />
        </>
      )}
    </Loaded>
  );
}

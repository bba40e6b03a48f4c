// Which kind of credential: what the advisor says for this job (`gatehouse advise`), and the choice.
import { useState } from 'react';
import { useLive } from '../api/live.ts';
import { commandLine, Commands, Loaded } from '../parts/ui.tsx';
import { Link } from '../router.ts';
import { texts } from '../texts.ts';
import type { Form, Kind } from './form.ts';

const t = texts.make;
const kRecommended: Record<string, Kind> = { 'API token': 'token', 'OAuth client': 'client', federation: 'federation' };
const kIssuers: Record<string, string> = { github: 'https://token.actions.githubusercontent.com', gitlab: 'https://gitlab.com' };

function Choice({ label, words, value, set }: { label: string; words: Record<string, string>; value: string; set: (value: string) => void }) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => set(event.target.value)}>
        {Object.entries(words).map(([word, about]) => <option key={word} value={word}>{about}</option>)}
      </select>
    </label>
  );
}

export function Model({ form }: { form: Form }) {
  const [open, setOpen] = useState(false);
  return (
    <section className="step">
      <h2>{t.model}</h2>
      <div className="choices" role="radiogroup" aria-label={t.model}>
        {Object.entries(t.kinds).map(([kind, title]) => (
          <label key={kind} className={form.kind === kind ? 'choice chosen' : 'choice'}>
            <input type="radio" name="kind" checked={form.kind === kind} onChange={() => form.set({ kind: kind === 'token' ? '' : kind })} />
            <span><strong>{title}</strong><span className="quiet">{t.kindAbout[kind]}</span></span>
          </label>
        ))}
      </div>
      <details className="commands" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t.advise}</summary>
        {open && <Advisor form={form} />}
      </details>
    </section>
  );
}

function Advisor({ form }: { form: Form }) {
  const [job, setJob] = useState({ acts_as: 'system', runs_in: 'tool', projects: 'one', lasts: 'long', critical: false, other_team: false, named: false });
  const set = (name: keyof typeof job) => (value: string | boolean) => setJob({ ...job, [name]: value });
  const advice = useLive('adviseOnJob', { query: job as never }, 600_000);
  return (
    <div className="card advisor">
      <div className="fields">
        <Choice label={t.actsAs} words={t.actsAsWords} value={job.acts_as} set={set('acts_as')} />
        <Choice label={t.place} words={t.placeWords} value={job.runs_in} set={set('runs_in')} />
        <Choice label={t.projects} words={t.projectsWords} value={job.projects} set={set('projects')} />
        <Choice label={t.lasts} words={t.lastsWords} value={job.lasts} set={set('lasts')} />
      </div>
      {([['critical', t.critical], ['other_team', t.otherTeam], ['named', t.namedInJira]] as const).map(([name, label]) => (
        <label key={name} className="check"><input type="checkbox" checked={job[name]} onChange={(event) => set(name)(event.target.checked)} />{label}</label>
      ))}
      <Loaded of={advice} lines={2}>
        {(one) => {
          const kind = kRecommended[one.recommendation];
          return (
            <div className="advice">
              <p><span className="quiet">{t.advised}</span> <strong>{one.recommendation}</strong>{' '}
                {kind && (
                  <button type="button" onClick={() => form.set({ kind: kind === 'token' ? '' : kind, ...(kind === 'federation' && !form.text('issuer') ? { issuer: kIssuers[job.runs_in] ?? '' } : {}) })}>{t.take}</button>
                )}
              </p>
              <ul className="reasons">{one.reasons.map((reason) => <li key={reason}>{reason}</li>)}</ul>
              {!kind && <p>{t.appInstead} <Link to="/apps">{texts.apps.title}</Link></p>}
              <p><strong>{one.account === 'own' ? t.ownAccount : t.sharedAccount}.</strong> {one.account_reason} {one.rate_limit}</p>
              <Commands
                of={[
                  { label: t.advise, text: commandLine(['advise'], { 'acts-as': job.acts_as, 'runs-in': job.runs_in, projects: job.projects, lasts: job.lasts, critical: job.critical, 'other-team': job.other_team, named: job.named }) },
                  ...one.commands.map((text) => ({ label: t.advised, text })),
                ]}
              />
            </div>
          );
        }}
      </Loaded>
    </div>
  );
}

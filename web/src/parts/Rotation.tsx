// A token's rotation as it stands at this moment: where in its course it is, both secrets side by side, who still uses the old one, how
// long the overlap runs, and what can be done about it (docs/operate/rotation.md).
import { useEffect, useState } from 'react';
import { call } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { texts } from '../texts.ts';
import { Action } from './Action.tsx';
import { FormAction, TextField } from './FormAction.tsx';
import { millisecondsOf } from './filter.ts';
import { useMay } from './me.tsx';
import { showSecret } from './Secrets.tsx';
import { exact, Expiry, kDay, When } from './Time.tsx';
import { commandLine, Facts, ProblemNote, Section, State } from './ui.tsx';

type Token = Schemas['Token'];
/** Whether an old and a new secret stand side by side; else the record's `new_secret` is its only one. */
export const rotates = (rotation: Schemas['Rotation'] | null | undefined): rotation is Schemas['Rotation'] => rotation?.old_secret != null;
type Users = Schemas['SecretUser'][];
const t = texts.rotation;

const kCourse = ['planned', 'successor pending', 'both live', 'old one quiet', 'retired'] as const;

/** Moves by the second; what it says is not read out each time. */
function Countdown({ to }: { to: string }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(0, Math.floor((Date.parse(to) - now) / 1000));
  const two = (number: number) => String(number).padStart(2, '0');
  const days = Math.floor(left / 86_400);
  return (
    <time className="countdown" dateTime={to} title={exact(to)}>
      {days > 0 && `${days} d `}{two(Math.floor((left % 86_400) / 3600))}:{two(Math.floor((left % 3600) / 60))}:{two(left % 60)}
    </time>
  );
}

function Course({ at, due }: { at: string; due: boolean }) {
  const here = kCourse.findIndex((one) => one === at);
  return (
    <ol className="course" aria-label={t.course}>
      {kCourse.map((one, index) => (
        <li key={one} className={index < here ? 'past' : index === here ? 'here' : ''} aria-current={index === here ? 'step' : undefined}>
          <strong>{t.states[one]}</strong>
          <span className="quiet">{index === 0 && due ? t.overdue : t.moves[one]}</span>
        </li>
      ))}
    </ol>
  );
}

function Callers({ of, none, label }: { of: Users; none: string; label: string }) {
  if (of.length === 0) return <p className="quiet">{none}</p>;
  return (
    <div className="small-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead><tr><th scope="col">{texts.tokens.agent}</th><th scope="col">{texts.tokens.address}</th><th scope="col">{texts.tokens.last}</th><th scope="col" className="right">{texts.tokens.calls}</th></tr></thead>
        <tbody>
          {of.map((one) => (
            <tr key={one.address + one.user_agent}>
              <td>{one.user_agent}</td><td><code>{one.address}</code></td><td><When at={one.last_at} /></td><td className="right">{one.calls.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Sides({ token, rotation }: { token: Token; rotation: Schemas['Rotation'] }) {
  const find = (id: string | null | undefined) => token.secrets.find((one) => one.id === id);
  const old = find(rotation.old_secret);
  const fresh = find(rotation.new_secret);
  if (!old || !fresh) return null;
  return (
    <div className="columns sides">
      <div className="card">
        <h3>{t.old}</h3>
        <Facts
          of={[
            [texts.tokens.id, <code>{old.id}</code>],
            [texts.tokens.state, <State is={old.state} />],
            [texts.tokens.created, <When at={old.created_at} full />],
            [t.lastSeen, <When at={rotation.old_last_used_at} none={t.notSince} />],
            [t.calls, rotation.old_calls.toLocaleString('en')],
            [t.quietFrom, rotation.quiet_from && <When at={rotation.quiet_from} full />],
          ]}
        />
        <h4>{t.oldUsers}</h4>
        <Callers of={rotation.old_users} none={t.noOldUsers} label={t.oldUsers} />
      </div>
      <div className="card">
        <h3>{t.fresh}</h3>
        <Facts
          of={[
            [texts.tokens.id, <code>{fresh.id}</code>],
            [texts.tokens.state, <State is={fresh.state} />],
            [texts.tokens.created, <When at={fresh.created_at} full />],
            [texts.tokens.firstUsed, <When at={rotation.new_first_used_at} none={t.notUsedYet} full />],
          ]}
        />
        <h4>{t.newUsers}</h4>
        <Callers of={rotation.new_users} none={t.noNewUsers} label={t.newUsers} />
      </div>
    </div>
  );
}

/** Live: asked again every few seconds while an old and a new secret stand side by side. */
export function Rotation({ token }: { token: Token }) {
  const moving = rotates(token.rotation);
  const read = useLive('showRotation', { at: { token: token.id } }, moving ? 3_000 : 15_000);
  const shown = read.data ?? token;
  const rotation = shown.rotation;
  const retired = shown.secrets.filter((one) => one.state === 'retired');
  const over = token.state === 'revoked' || token.state === 'expired' || token.kind === 'external';
  return (
    <Section title={t.title} aside={rotation?.overlap_ends_at && <span>{t.endsIn} <Countdown to={rotation.overlap_ends_at} /></span>}>
      {read.problem && <ProblemNote problem={read.problem} />}
      {rotation && (
        <>
          {rotation.state !== 'none' && <Course at={rotation.state} due={rotation.overdue} />}
          {rotation.frozen_until && <p className="note">{t.frozen} <When at={rotation.frozen_until} full /></p>}
          <Sides token={shown} rotation={rotation} />
          <Facts
            of={[
              [texts.tokens.rotates, rotation.rotate_every ?? <span className="quiet">{t.noRule}</span>],
              [texts.tokens.due, rotation.due_at && <Expiry at={rotation.due_at} full />],
              [texts.tokens.overlap, rotation.overlap],
              [texts.tokens.overlapEnds, rotation.overlap_ends_at && <Expiry at={rotation.overlap_ends_at} full />],
              [t.by, t.who[rotation.rotated_by] ?? rotation.rotated_by],
              [texts.tokens.selfRotation, shown.self_rotation ? texts.tokens.yes : texts.tokens.no],
            ]}
          />
          {!over && <Moves token={shown} rotation={rotation} />}
        </>
      )}
      <details className="commands">
        <summary>{t.allSecrets(shown.secrets.length, retired.length)}</summary>
        <ul className="lines">
          {shown.secrets.map((secret) => (
            <li key={secret.id}>
              <State is={secret.state} />
              <code className="grow">{secret.id}</code>
              <span className="quiet">{texts.tokens.created} <When at={secret.created_at} /></span>
              {secret.first_used_at && <span className="quiet">{texts.tokens.firstUsed} <When at={secret.first_used_at} /></span>}
              {secret.ends_at && <span>{texts.tokens.endsAt} <Expiry at={secret.ends_at} /></span>}
            </li>
          ))}
        </ul>
      </details>
    </Section>
  );
}

const wiki = (token: Token) => token.scopes.some((one) => one.includes('confluence'));
const baseOf = (token: Token) => `/ex/${wiki(token) ? 'confluence' : 'jira'}/${token.resources[0]?.split('/')[0] ?? 'SITE'}`;
const pathOf = (token: Token) => (wiki(token) ? '/wiki/api/v2/spaces' : '/rest/api/3/project/search');

function Moves({ token, rotation }: { token: Token; rotation: Schemas['Rotation'] }) {
  const may = useMay();
  const at = { token: token.id };
  const [overlap, setOverlap] = useState('');
  const inUse = rotation.state === 'both live' || rotation.state === 'successor pending';
  const command = (words: string[], options: Record<string, string | boolean> = {}) => [{ label: t.title, text: commandLine(['token', ...words, token.id], options) }];
  return (
    <div className="actions moves">
      {may('rotateToken') && (
        <FormAction
          name="rotate"
          label={rotation.state === 'successor pending' ? t.again : t.rotate}
          main={rotation.state === 'planned' || rotation.state === 'none' || rotation.state === 'retired'}
          about={rotation.state === 'successor pending' ? t.againAbout : rotates(rotation) ? t.rotateEndsOld : t.rotateAbout}
          commands={command(['rotate'], { overlap })}
          run={() => call('rotateToken', { at, body: overlap ? { overlap } : {} })}
          onDone={(made) => showSecret({ title: t.made, note: made.ended_early ? t.endedEarly(made.ended_early) : t.untouched, secret: made.token, name: made.name, base: baseOf(made), path: pathOf(made) })}
        >
          <TextField label={texts.tokens.overlap} value={overlap} set={setOverlap} placeholder={rotation.overlap} hint={t.overlapHint} />
        </FormAction>
      )}
      {rotates(rotation) && may('finishRotation') && (
        inUse ? (
          <Action
            label={t.finishAnyway}
            about={rotation.state === 'successor pending' ? t.finishUnused : t.finishInUse(rotation.old_users.length)}
            typed={token.name}
            commands={() => command(['rotation', 'finish'], { force: true })}
            run={() => call('finishRotation', { at, body: { force: true } })}
            done={t.finished}
          />
        ) : (
          <Action label={t.finish} about={t.finishAbout} commands={() => command(['rotation', 'finish'])} run={() => call('finishRotation', { at, body: {} })} done={t.finished} />
        )
      )}
      {rotates(rotation) && may('rollBackRotation') && (
        // Nobody uses a pending successor: that it goes is mild. One that is in use stops whoever uses it.
        <Action
          label={t.back}
          about={rotation.state === 'successor pending' ? t.backUnused : t.backInUse(rotation.new_users.length)}
          withReason
          {...(rotation.state === 'successor pending' ? {} : { typed: token.name })}
          commands={(reason) => command(['rotation', 'roll-back'], { reason })}
          run={(reason) => call('rollBackRotation', { at, body: reason ? { reason } : {} })}
          done={t.rolledBack}
        />
      )}
      {rotation.overlap_ends_at && rotation.old_secret && may('extendOverlap') && <Extend token={token} ends={rotation.overlap_ends_at} />}
      {may('setRotation') && <Rule token={token} rotation={rotation} />}
      {token.expires_at && may('extendToken') && <Longer token={token} />}
    </div>
  );
}

function Extend({ token, ends }: { token: Token; ends: string }) {
  const [by, setBy] = useState('1d');
  const until = new Date(Date.parse(ends) + (millisecondsOf(by) || 0)).toISOString().replace(/\.\d+Z$/, 'Z');
  return (
    <FormAction
      label={t.extend}
      about={t.extendAbout}
      commands={[{ label: t.title, text: commandLine(['token', 'rotation', 'extend', token.id], { until }) }]}
      run={() => call('extendOverlap', { at: { token: token.id }, body: { until } })}
      done={t.extended}
      disabled={!millisecondsOf(by)}
    >
      <TextField label={t.extendBy} value={by} set={setBy} hint={t.until(exact(until))} />
    </FormAction>
  );
}

function Rule({ token, rotation }: { token: Token; rotation: Schemas['Rotation'] }) {
  const [every, setEvery] = useState(token.rotate_every ?? '');
  const [overlap, setOverlap] = useState(token.overlap);
  const [by, setBy] = useState(rotation.rotated_by);
  const [self, setSelf] = useState(token.self_rotation != null);
  const body = {
    ...(every && every !== token.rotate_every ? { rotate_every: every } : {}), ...(overlap && overlap !== token.overlap ? { overlap } : {}),
    ...(by !== rotation.rotated_by ? { rotated_by: by as 'owner' | 'agent' } : {}), ...(self !== (token.self_rotation != null) ? { self_rotate: self } : {}),
  };
  // What had no value before can't be given none again.
  const before = {
    ...(body.rotate_every && token.rotate_every ? { rotate_every: token.rotate_every } : {}), ...(body.overlap ? { overlap: token.overlap } : {}),
    ...(body.rotated_by ? { rotated_by: rotation.rotated_by as 'owner' | 'agent' } : {}), ...('self_rotate' in body ? { self_rotate: token.self_rotation != null } : {}),
  };
  const whole = Object.keys(before).length === Object.keys(body).length;
  const options = { 'rotate-every': body.rotate_every, overlap: body.overlap, 'rotated-by': body.rotated_by, 'self-rotate': body.self_rotate === true, 'no-self-rotate': body.self_rotate === false };
  return (
    <FormAction
      label={t.rule}
      about={t.ruleAbout}
      commands={[{ label: t.title, text: commandLine(['token', 'rotation', 'set', token.id], options) }]}
      run={() => call('setRotation', { at: { token: token.id }, body })}
      done={t.ruleSet}
      {...(whole ? { undo: () => call('setRotation', { at: { token: token.id }, body: before }) } : {})}
      disabled={Object.keys(body).length === 0}
    >
      <TextField label={texts.tokens.rotates} value={every} set={setEvery} placeholder="30d" />
      <TextField label={texts.tokens.overlap} value={overlap} set={setOverlap} placeholder="7d" />
      <label>
        {t.by}
        <select value={by} onChange={(event) => setBy(event.target.value)}>
          {Object.entries(t.who).map(([word, about]) => <option key={word} value={word}>{about}</option>)}
        </select>
      </label>
      <label className="check"><input type="checkbox" checked={self} onChange={(event) => setSelf(event.target.checked)} />{texts.tokens.selfRotation}</label>
    </FormAction>
  );
}

function Longer({ token }: { token: Token }) {
  const [lasts, setLasts] = useState('30d');
  const [reason, setReason] = useState('');
  const length = millisecondsOf(lasts);
  return (
    <FormAction
      label={t.longer}
      about={t.longerAbout}
      commands={[{ label: t.title, text: commandLine(['token', 'extend', token.id], { 'expires-in': lasts, reason }) }]}
      run={() => call('extendToken', { at: { token: token.id }, body: { expires_in: lasts, ...(reason ? { reason } : {}) } })}
      done={t.extended}
      disabled={!length}
    >
      <TextField label={t.longerBy} value={lasts} set={setLasts} hint={length ? t.until(exact(Date.now() + length)) + ` (${Math.round(length / kDay)} d)` : t.durations} />
      <TextField label={texts.action.reason} value={reason} set={setReason} maxLength={200} />
    </FormAction>
  );
}

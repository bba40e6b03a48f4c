// What is about to be made, in words, kept up with every choice: what it can and can't do, tried against a request.
import { useState } from 'react';
import type { Schemas } from '../api/types.ts';
import { commandLine, Commands } from '../parts/ui.tsx';
import { applyForm } from '../parts/yaml.ts';
import { texts } from '../texts.ts';
import { lifetimeWords, requestOf, type Form } from './form.ts';
import { exampleOf, openedBy, roleIncludes, type Operation } from './scopes.ts';
import { verdictOn, type Step } from './verdict.ts';

const t = texts.make;
const kAccess = ['read', 'write', 'delete', 'administer'] as const;

export function Steps({ of, permitted, title }: { of: Step[]; permitted: boolean; title: string }) {
  return (
    <>
      <p className={permitted ? 'verdict good' : 'verdict bad'} role="status"><span aria-hidden="true">{permitted ? '✓' : '✕'}</span> {title}</p>
      <ul className="steps">
        {of.map((one, at) => (
          <li key={at} className={one.passed ? '' : 'failed'}>
            <span aria-hidden="true">{one.passed ? '✓' : '✕'}</span>{' '}
            <span className="hidden">{one.passed ? texts.tokens.yes : texts.tokens.no}: </span>
            <strong>{one.step}</strong> <span className="quiet">{one.detail}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Summary({ form, grants }: { form: Form; grants: Schemas['Grant'][] }) {
  const { body, federation, words } = requestOf(form);
  const role = form.text('role');
  const counting = form.granted.size > 0 ? form.scopes.filter((one) => form.granted.has(one)) : form.scopes;
  const opened = form.resources.length === 0 ? [] : openedBy(counting, form.wholeSite).filter((one) => roleIncludes(role, one) !== false);
  const by = (access: string) => opened.filter((one) => one.access === access).length;
  const wanted = new Set(form.wanted.map((one) => one.id));
  const beyond = form.wanted.length === 0 ? 0 : opened.filter((one) => !wanted.has(one.id)).length;
  const asFile = form.kind === 'token' && [{
    label: texts.commands.yaml,
    text: applyForm('tokens', { account: body.account, name: body.name, resources: body.resources, scopes: body.scopes, role: body.role, expires_in: body.expires_in, expires_at: body.expires_at, rotate_every: body.rotate_every, for: body.for, allow_ips: body.allow_ips, rate: body.rate }),
  }];
  return (
    <>
      <p className="sentence">
        {t.kinds[form.kind]} {body.name && <strong>{body.name}</strong>} {body.account && <>· {body.account}</>}
        <br />
        {lifetimeWords(form.lifetime, form.kind === 'federation' ? '' : form.text('every'), form.text('overlap'))}
        {form.kind === 'federation' && federation.subject && <><br /><code>{federation.subject}</code></>}
      </p>
      <h3>{t.can}</h3>
      {opened.length === 0 ? <p className="quiet">{t.nothingYet}</p> : (
        <ul className="can">
          {kAccess.filter((one) => by(one) > 0).map((one) => <li key={one}><span aria-hidden="true">✓</span> {t.accessCount(t.accessWords[one]!, by(one))}</li>)}
          <li><span aria-hidden="true">✓</span> {form.resources.join(', ')}</li>
        </ul>
      )}
      {counting.length < form.scopes.length && <p className="note">{t.notGranted}</p>}
      {form.resources.length > 0 && form.granted.size === 0 && <p className="note">{t.onceGranted}</p>}
      {beyond > 0 && <p className="quiet">{t.tooMuch(beyond)}</p>}
      <h3>{t.cannot}</h3>
      <ul className="can not">
        {kAccess.filter((one) => by(one) === 0).map((one) => <li key={one}><span aria-hidden="true">✕</span> {t.notAtAll(t.accessWords[one]!)}</li>)}
        <li><span aria-hidden="true">✕</span> {form.resources.length > 0 ? `${t.elsewhere} ${form.resources.map((one) => one.split('=')[0]).join(', ')}` : t.anybody}</li>
      </ul>
      <Try form={form} grants={grants} />
      <Commands of={[{ label: texts.commands.title, text: commandLine(words) }, ...(asFile || [])]} />
    </>
  );
}

function Try({ form, grants }: { form: Form; grants: Schemas['Grant'][] }) {
  const first: Operation | undefined = form.wanted[0];
  const proposed = first && { method: first.method, path: exampleOf(first, form.resources[0] ?? '') };
  const [typed, setTyped] = useState<{ method: string; path: string } | undefined>();
  const asked = typed ?? proposed ?? { method: 'GET', path: '/rest/api/3/issue/KEY-1' };
  const steps = verdictOn({ ...asked, scopes: form.scopes, role: form.text('role'), resources: form.resources, grants });
  const permitted = steps.every((one) => one.passed);
  return (
    <>
      <h3>{t.tryIt}</h3>
      <div className="request">
        <select aria-label={t.method} value={asked.method} onChange={(event) => setTyped({ ...asked, method: event.target.value })}>
          {['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((one) => <option key={one}>{one}</option>)}
        </select>
        <input aria-label={t.path} value={asked.path} autoComplete="off" spellCheck={false} onChange={(event) => setTyped({ ...asked, path: event.target.value })} />
      </div>
      <Steps of={steps} permitted={permitted} title={t.verdict[permitted ? 'permit' : 'deny']!} />
      <p className="quiet">{t.tryHint}</p>
    </>
  );
}

// On which projects and spaces: those that the account is granted, and those that the person has authority over; nothing else is offered.
import { useState } from 'react';
import { call } from '../api/client.ts';
import { useLive, type LiveList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { useMay, useMe } from '../parts/me.tsx';
import { commandLine } from '../parts/ui.tsx';
import { texts } from '../texts.ts';
import { bare, grantsOn, type Form } from './form.ts';

const t = texts.make;

export function Where({ form, grants }: { form: Form; grants: LiveList<Schemas['Grant']> }) {
  const may = useMay();
  const { role } = useMe();
  const me = useLive('showMe', {}, 120_000);
  const [other, setOther] = useState('');
  const live = (grants.data ?? []).filter((one) => one.state !== 'removed');
  const granted = new Map<string, string>();
  for (const one of live) if (granted.get(one.resource) !== 'backed') granted.set(one.resource, one.backing);
  const mine = role === 'project-admin' ? (me.data?.resources ?? []) : [];
  const offered = [...new Set([...granted.keys(), ...mine, ...form.resources.map(bare)])].sort();
  const chosen = new Set(form.resources);
  const lacks = (resource: string) => {
    const have = new Set(grantsOn(resource, live).flatMap((one) => one.scopes));
    return form.scopes.some((one) => !have.has(one));
  };
  const put = (resource: string, on: boolean) => form.set({ in: [...form.resources.filter((one) => one !== resource), ...(on ? [resource] : [])].join(' ') });
  const add = () => {
    const resource = other.trim();
    if (/^[^\s/]+\/[^\s/]+$/.test(resource) && !chosen.has(resource)) put(resource, true);
    setOther('');
  };
  return (
    <section className="step">
      <h2>{t.where}</h2>
      <p className="quiet">{t.whereAbout}</p>
      {form.text('account') && offered.length === 0 && <p className="quiet">{t.noResources}</p>}
      <ul className="lines">
        {offered.map((resource) => (
          <li key={resource}>
            <label className="check grow">
              <input type="checkbox" checked={chosen.has(resource)} onChange={(event) => put(resource, event.target.checked)} />
              <strong>{resource}</strong>
              <span className={granted.get(resource) === 'backed' ? 'quiet' : 'late'}>{granted.has(resource) ? (t.backing[granted.get(resource)!] ?? t.granted) : t.grantMissing}</span>
            </label>
            {lacks(resource) && may('addGrant') && form.text('account') && form.scopes.length > 0 && (
              <Action
                label={t.grantToo(resource)}
                about=""
                commands={() => [{ label: texts.accounts.grants, text: commandLine(['grant', 'add', '--account', form.text('account')], { resource, scopes: form.scopes.join(','), role: form.text('role') }) }]}
                run={() => call('addGrant', { body: { account: form.text('account'), resource, scopes: form.scopes, ...(form.text('role') ? { role: form.text('role') } : {}) } })}
                done={t.grantedNow}
              />
            )}
          </li>
        ))}
      </ul>
      {role === 'org-admin' && (
        <form className="row-form" onSubmit={(event) => { event.preventDefault(); add(); }}>
          <label>
            {t.otherResource}
            <input value={other} placeholder={t.otherHint} autoComplete="off" spellCheck={false} onChange={(event) => setOther(event.target.value)} />
          </label>
          <button type="submit">{t.addResource}</button>
        </form>
      )}
    </section>
  );
}

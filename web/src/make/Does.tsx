// What it has to do, found by words in the tables of operations; and the scopes that follow, the least ones first.
import { useDeferredValue, useState } from 'react';
import { TextField } from '../parts/FormAction.tsx';
import { Words } from '../parts/ui.tsx';
import { texts } from '../texts.ts';
import { wordsIn } from '../parts/words.ts';
import type { Form } from './form.ts';
import { findOperations, knownScopes, kRoles, kStyles, leastStyle, openedBy, scopesFor, type Operation } from './scopes.ts';

const t = texts.make;

export function Does({ form }: { form: Form }) {
  const [query, setQuery] = useState('');
  const late = useDeferredValue(query);
  const found = findOperations(late);
  const chosen = new Set(form.wanted.map((one) => one.id));
  const choose = (ids: string[]) => form.set({ do: ids.join(' ') });
  const toggle = (one: Operation) => choose(chosen.has(one.id) ? [...chosen].filter((id) => id !== one.id) : [...chosen, one.id]);
  return (
    <section className="step">
      <h2>{t.does}</h2>
      <label>
        {t.search}
        <input value={query} placeholder={t.searchHint} autoComplete="off" spellCheck={false} data-filter onChange={(event) => setQuery(event.target.value)} />
      </label>
      <p className="hidden" role="status">{late && t.found(found.length)}</p>
      {late.trim() !== '' && (found.length === 0 ? <p className="quiet">{t.foundNone}</p> : (
        <ul className="found-operations" tabIndex={0} aria-label={t.results}>
          {found.map((one) => (
            <li key={one.id}>
              <label className="check">
                <input type="checkbox" checked={chosen.has(one.id)} onChange={() => toggle(one)} />
                <span className="operation">
                  <strong>{one.words.join(' ')}</strong> <span className="quiet">{t.accessWords[one.access]}{one.wholeSite && ` · ${t.wholeSiteOnly}`}</span>
                  <code>{one.method} {one.path}</code>
                </span>
              </label>
            </li>
          ))}
        </ul>
      ))}
      <p className="small-title">{t.chosen}</p>
      {form.wanted.length === 0 ? <p className="quiet">{t.chosenNone}</p> : (
        <ul className="chips">
          {form.wanted.map((one) => (
            <li key={one.id} title={`${one.method} ${one.path}`}>
              {one.words.join(' ')}
              <button type="button" className="plain" aria-label={t.remove(one.words.join(' '))} onClick={() => toggle(one)}>✕</button>
            </li>
          ))}
        </ul>
      )}
      <Names form={form} />
      <label>
        {t.role}
        <select value={form.text('role')} onChange={(event) => form.set({ role: event.target.value })}>
          <option value="">{t.roleNone}</option>
          {kRoles.map((one) => <option key={one} value={one}>{one}</option>)}
        </select>
        <span className="quiet hint">{t.roleHint}</span>
      </label>
    </section>
  );
}

function Names({ form }: { form: Form }) {
  const byHand = wordsIn(form.text('scopes'));
  const strange = byHand.filter((one) => !knownScopes.includes(one));
  const least = leastStyle(form.wanted, form.wholeSite, form.granted);
  return (
    <>
      <p className="small-title" id="scope-names">{t.names}</p>
      {form.wanted.length === 0 ? <p className="quiet">{t.styleNone}</p> : (
        <div className="choices" role="radiogroup" aria-labelledby="scope-names">
          {kStyles.map((style) => {
            const scopes = scopesFor(form.wanted, style);
            const chosen = byHand.length === 0 && form.style === style;
            return (
              <label key={style} className={chosen ? 'choice chosen' : 'choice'}>
                <input type="radio" name="style" checked={chosen} onChange={() => form.set({ style, scopes: '' })} />
                <span>
                  <strong>{t.styles[style]}</strong> <span className="quiet">{t.opens(openedBy(scopes, form.wholeSite).length)}{style === least && ` · ${t.least}`}</span>
                  {form.granted.size > 0 && scopes.some((one) => !form.granted.has(one)) && <span className="late">{t.notGranted}</span>}
                  <Words of={scopes} />
                </span>
              </label>
            );
          })}
        </div>
      )}
      <details className="commands" open={byHand.length > 0 || undefined}>
        <summary>{t.byHand}</summary>
        <TextField label={t.names} value={form.text('scopes')} set={(scopes) => form.set({ scopes })} hint={t.byHandHint} placeholder={form.scopes.join(' ')} />
        {strange.map((one) => <p key={one} className="note">{t.unknownScope(one)}</p>)}
      </details>
    </>
  );
}

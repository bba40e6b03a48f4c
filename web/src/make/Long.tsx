// How long it lives and how often it is rotated, in words; below, what is seldom needed.
import { useLive } from '../api/live.ts';
import { useMay } from '../parts/me.tsx';
import { TextField } from '../parts/FormAction.tsx';
import { texts } from '../texts.ts';
import { spoken } from '../parts/words.ts';
import { lifetimeWords, type Form } from './form.ts';

const t = texts.make;
const kChoices = ['7d', '30d', '90d', '365d'];

export function Long({ form }: { form: Form }) {
  const may = useMay();
  const policy = useLive('showPolicy', may('showPolicy') ? {} : undefined, 300_000);
  const ends = form.text('ends') || '90d';
  const chosen = kChoices.includes(ends) || ends === 'permanent' ? ends : 'day';
  const longest = policy.data?.['longest-lifetime'];
  const tomorrow = new Date(Date.now() + 864e5).toISOString().slice(0, 10);
  return (
    <section className="step">
      <h2>{t.long}</h2>
      <fieldset className="segments" aria-label={t.until}>
        {[...kChoices, 'day', ...(form.kind === 'federation' ? [] : ['permanent'])].map((one) => (
          <label key={one} className={chosen === one ? 'segment chosen' : 'segment'}>
            <input type="radio" name="ends" checked={chosen === one} onChange={() => form.set({ ends: one === '90d' ? '' : one === 'day' ? tomorrow : one, ...(one === 'permanent' && !form.text('every') ? { every: '30d', overlap: '7d' } : {}) })} />
            {one === 'day' ? t.day : one === 'permanent' ? t.permanent : spoken(one)}
          </label>
        ))}
      </fieldset>
      {chosen === 'day' && <TextField label={t.lastDay} type="date" value={ends} set={(value) => form.set({ ends: value || tomorrow })} />}
      <p className="sentence" role="status">{lifetimeWords(form.lifetime, form.kind === 'federation' ? '' : form.text('every'), form.text('overlap'))}</p>
      {longest && longest !== 'any' && <p className="quiet">{t.policyMost(longest)}</p>}
      {form.kind !== 'federation' && (
        <div className="fields">
          <TextField label={t.rotateEvery} value={form.text('every')} set={(every) => form.set({ every })} placeholder="30d" />
          <TextField label={t.overlap} value={form.text('overlap')} set={(overlap) => form.set({ overlap })} placeholder="7d" />
        </div>
      )}
      {form.kind === 'token' && (
        <label className="check"><input type="checkbox" checked={form.text('self') !== ''} onChange={(event) => form.set({ self: event.target.checked ? '1' : '' })} />{t.selfRotate}</label>
      )}
      <details className="commands" open={['ips', 'rate', 'for'].some((one) => form.text(one as 'ips') !== '') || undefined}>
        <summary>{t.more}</summary>
        <div className="fields">
          <TextField label={t.allowIps} value={form.text('ips')} set={(ips) => form.set({ ips })} hint={t.allowHint} />
          {form.kind !== 'federation' && <TextField label={t.rate} value={form.text('rate')} set={(rate) => form.set({ rate })} hint={t.rateHint} />}
          {form.kind === 'token' && <TextField label={t.for} value={form.text('for')} set={(person) => form.set({ for: person })} hint={t.forHint} />}
        </div>
      </details>
    </section>
  );
}

export function Issuer({ form }: { form: Form }) {
  if (form.kind !== 'federation') return null;
  return (
    <div className="fields">
      <TextField label={t.issuer} value={form.text('issuer')} set={(issuer) => form.set({ issuer })} placeholder={t.issuerHint} />
      <TextField label={t.audience} value={form.text('audience')} set={(audience) => form.set({ audience })} />
      <TextField label={t.subject} value={form.text('subject')} set={(subject) => form.set({ subject })} hint={t.subjectHint} />
      <TextField label={t.claims} value={form.text('claims')} set={(claims) => form.set({ claims })} hint={t.claimsHint} />
    </div>
  );
}

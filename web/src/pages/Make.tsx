// Making a credential, on one page: whose automation, which kind, what it has to do, where, how long; beside it what that comes to.
import { useRef, useState } from 'react';
import { call } from '../api/client.ts';
import { refreshAll, useList } from '../api/live.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import { Does } from '../make/Does.tsx';
import { requestOf, useForm, type Form } from '../make/form.ts';
import { Issuer, Long } from '../make/Long.tsx';
import { Made, type MadeCredential } from '../make/Made.tsx';
import { Model } from '../make/Model.tsx';
import { exampleOf } from '../make/scopes.ts';
import { Summary } from '../make/Summary.tsx';
import { Where } from '../make/Where.tsx';
import { Who } from '../make/Who.tsx';
import { TextField } from '../parts/FormAction.tsx';
import { CopyButton, Page, ProblemNote } from '../parts/ui.tsx';
import { useNow } from '../parts/Time.tsx';
import { go, useAddress } from '../router.ts';
import { texts } from '../texts.ts';

const t = texts.make;

async function make(form: Form): Promise<MadeCredential> {
  const { body, federation } = requestOf(form);
  const first = form.wanted[0];
  const common = {
    kind: form.kind, name: body.name, resource: body.resources[0] ?? '',
    method: first?.method ?? 'GET', path: first ? exampleOf(first, body.resources[0] ?? '') : '/rest/api/3/project/search',
  };
  if (form.kind === 'token') {
    const made = await call('createToken', { body });
    return { ...common, id: made.id, secret: made.token ?? undefined, clientId: undefined, waits: Boolean(made.approval), handover: made.handover ?? undefined };
  }
  if (form.kind === 'client') {
    const made = await call('createClient', { body });
    return { ...common, id: made.id, secret: made.client_secret ?? undefined, clientId: made.client_id, waits: Boolean(made.approval), handover: undefined };
  }
  const { permanent: _, ...ending } = body;
  const made = await call('addFederation', { body: { ...ending, ...federation } });
  return { ...common, id: made.id, secret: undefined, clientId: made.client_id, waits: Boolean(made.approval), handover: undefined };
}

function missingIn(form: Form): string[] {
  const { body, federation } = requestOf(form);
  const missing: string[] = [];
  if (!body.account) missing.push(t.account);
  if (!body.name) missing.push(t.name);
  if (form.scopes.length === 0 && !body.role) missing.push(t.names);
  if (body.resources.length === 0) missing.push(t.where.replace(/^\d+\. /, ''));
  if (!body.permanent && !body.expires_at && !body.expires_in) missing.push(t.until);
  if (body.permanent && !body.rotate_every) missing.push(t.rotateEvery);
  if (form.kind === 'federation') for (const name of ['issuer', 'audience', 'subject'] as const) if (!federation[name]) missing.push(t[name]);
  return missing;
}

export function Make() {
  const accounts = useList('listAccounts', {});
  const account = useAddress().query.get('account') ?? '';
  const grants = useList('listGrants', account ? { account } : undefined);
  const form = useForm(useNow(), grants.data ?? []);
  const [made, setMade] = useState<MadeCredential | undefined>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const top = useRef<HTMLDivElement>(null);
  const missing = missingIn(form);

  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      setMade(await make(form));
      refreshAll();
      requestAnimationFrame(() => top.current?.focus());
    } catch (caught) {
      setProblem(asProblem(caught));
    } finally {
      setBusy(false);
    }
  };
  if (made) {
    return (
      <Page title={`${t.made}: ${made.name}`}>
        <div ref={top} tabIndex={-1}><Made made={made} onDone={() => { setMade(undefined); go('/make'); }} /></div>
      </Page>
    );
  }
  return (
    <Page title={t.title} lede={t.lede}>
      <div className="make">
        <div className="make-form">
          <Who form={form} accounts={accounts} />
          <Model form={form} />
          <TextField label={t.name} value={form.text('name')} set={(name) => form.set({ name })} hint={t.nameHint} maxLength={100} />
          <Issuer form={form} />
          <Does form={form} />
          <Where form={form} grants={grants} />
          <Long form={form} />
        </div>
        <aside className="card make-summary" aria-label={t.summary}>
          <h2>{t.summary}</h2>
          <Summary form={form} grants={grants.data ?? []} />
          {problem && <ProblemNote problem={problem} />}
          {missing.length > 0 && <p className="quiet">{t.missing} {missing.join(', ')}</p>}
          <div className="actions">
            <button type="button" className="main" disabled={busy || missing.length > 0} onClick={() => void send()}>{busy ? texts.action.busy : t.makeIt}</button>
            <CopyButton text={location.href} label={t.template} />
          </div>
          <p className="quiet hint">{t.templateAbout}</p>
        </aside>
      </div>
    </Page>
  );
}

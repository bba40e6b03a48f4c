// Whose automation it is: one that is there, or a new one.
import { useState } from 'react';
import { call } from '../api/client.ts';
import { refreshAll, type LiveList } from '../api/live.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import type { Schemas } from '../api/types.ts';
import { useMay, useMe } from '../parts/me.tsx';
import { TextField } from '../parts/FormAction.tsx';
import { toast } from '../parts/Toasts.tsx';
import { commandLine, Commands, Facts, Loaded, ProblemNote } from '../parts/ui.tsx';
import { texts } from '../texts.ts';
import type { Form } from './form.ts';

const t = texts.make;
type Accounts = LiveList<Schemas['Account']>;

export function Who({ form, accounts }: { form: Form; accounts: Accounts }) {
  const may = useMay();
  const [making, setMaking] = useState(false);
  const handle = form.text('account');
  return (
    <section className="step">
      <h2>{t.who}</h2>
      <p className="quiet">{t.whoAbout}</p>
      <Loaded of={accounts} lines={1}>
        {(all) => {
          const live = all.filter((one) => !one.external && one.state !== 'archived').sort((left, right) => left.handle.localeCompare(right.handle));
          const one = live.find((account) => account.handle === handle);
          if (live.length === 0 && !may('createAccount')) return <p className="note">{t.noAccounts}</p>;
          return (
            <>
              <label>
                {t.account}
                <select
                  value={making ? '+' : (one?.handle ?? '')}
                  onChange={(event) => {
                    setMaking(event.target.value === '+');
                    if (event.target.value !== '+') form.set({ account: event.target.value, in: '' });
                  }}
                >
                  <option value="">{t.choose}</option>
                  {live.map((account) => <option key={account.id} value={account.handle}>{account.handle}</option>)}
                  {may('createAccount') && <option value="+">{t.newOne}</option>}
                </select>
              </label>
              {making ? <NewAccount onMade={(made) => { setMaking(false); form.set({ account: made, in: '' }); }} /> : one && (
                <Facts of={[[t.purpose, one.purpose], [t.runsIn, one.runs_in], [t.owner, one.owner], [t.deputy, one.deputy ?? texts.none]]} />
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function NewAccount({ onMade }: { onMade: (handle: string) => void }) {
  const me = useMe();
  const [account, setAccount] = useState({ handle: '', owner: me.user, deputy: '', purpose: '', runs_in: '' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const set = (name: keyof typeof account) => (value: string) => setAccount({ ...account, [name]: value });
  const { deputy, ...rest } = account;
  const missing = Object.values(rest).some((one) => one.trim() === '');
  const make = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await call('createAccount', { body: { ...rest, ...(deputy ? { deputy } : {}) } });
      toast(t.created);
      refreshAll();
      onMade(account.handle);
    } catch (caught) {
      setProblem(asProblem(caught));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="card">
      <div className="fields">
        <TextField label={t.handle} value={account.handle} set={set('handle')} hint={t.handleHint} />
        <TextField label={t.purpose} value={account.purpose} set={set('purpose')} maxLength={500} />
        <TextField label={t.runsIn} value={account.runs_in} set={set('runs_in')} hint={t.runsInHint} />
        <TextField label={t.owner} value={account.owner} set={set('owner')} hint={t.ownerHint} />
        <TextField label={t.deputy} value={account.deputy} set={set('deputy')} hint={t.deputyHint} />
      </div>
      {problem && <ProblemNote problem={problem} />}
      <Commands of={[{ label: t.account, text: commandLine(['account', 'create', account.handle || 'HANDLE'], { owner: account.owner, deputy, purpose: account.purpose, 'runs-in': account.runs_in }) }]} />
      <button type="button" disabled={missing || busy} onClick={() => void make()}>{busy ? texts.action.busy : t.create}</button>
    </div>
  );
}

// Giving an account, a token, or all that a person answers for to somebody else.
import { useState } from 'react';
import { call } from '../api/client.ts';
import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { texts } from '../texts.ts';
import { FormAction, TextField } from './FormAction.tsx';
import { useMay, useMe } from './me.tsx';
import { toast } from './Toasts.tsx';
import { commandLine } from './ui.tsx';

const t = texts.handOver;

/** E-mail addresses to choose from, for whoever may read them; others type. */
function People({ id }: { id: string }) {
  const may = useMay();
  const people = useList('listUsers', may('listUsers') ? {} : undefined, 2000, 120_000);
  return (
    <datalist id={id}>
      {(people.data ?? []).filter((one) => one.state === 'live').map((one) => <option key={one.id} value={one.email}>{one.name}</option>)}
    </datalist>
  );
}

function To({ value, set }: { value: string; set: (value: string) => void }) {
  return (
    <>
      <TextField label={t.to} value={value} set={set} type="email" list="people-to" required />
      <People id="people-to" />
    </>
  );
}

export function HandOverAccount({ account }: { account: Schemas['Account'] }) {
  const may = useMay();
  const me = useMe();
  const [to, setTo] = useState('');
  const at = { account: account.handle };
  if (may('transferAccount')) {
    return (
      <FormAction name="transfer" label={t.transfer} about={t.transferAbout} commands={[{ label: t.transfer, text: commandLine(['account', 'transfer', account.handle], { to }) }]} run={() => call('transferAccount', { at, body: { to } })} done={t.transferred} disabled={!to}>
        <To value={to} set={setTo} />
      </FormAction>
    );
  }
  if (!may('offerAccount') || account.owner !== me.user) return null;
  return (
    <FormAction label={t.offer} about={t.offerAbout} commands={[{ label: t.offer, text: commandLine(['account', 'offer', account.handle], { to }) }]} run={() => call('offerAccount', { at, body: { to } })} done={t.offered} undo={(offer) => call('declineOffer', { at: { offer: offer.id } })} disabled={!to}>
      <To value={to} set={setTo} />
    </FormAction>
  );
}

/** A token or an OAuth client: both are credentials, and change hands alike. */
export function HandOverToken({ token }: { token: { id: string; state: string } }) {
  const may = useMay();
  const [to, setTo] = useState('');
  if (!may('transferToken') || token.state === 'revoked' || token.state === 'expired') return null;
  return (
    <FormAction name="transfer" label={t.transfer} about={t.transferAbout} commands={[{ label: t.transfer, text: commandLine(['token', 'transfer', token.id], { to }) }]} run={() => call('transferToken', { at: { token: token.id }, body: { to } })} done={t.transferred} disabled={!to}>
      <To value={to} set={setTo} />
    </FormAction>
  );
}

export function HandOverAll({ person }: { person: Schemas['User'] }) {
  const may = useMay();
  const [to, setTo] = useState('');
  if (!may('transferAll')) return null;
  return (
    <FormAction
      label={t.all}
      about={t.allAbout}
      commands={[{ label: t.all, text: commandLine(['user', 'transfer-all', person.email], { to }) }]}
      run={() => call('transferAll', { at: { user: person.email }, body: { to } })}
      onDone={(done) => toast(t.allDone(done.accounts.length, done.tokens))}
      disabled={!to}
    >
      <To value={to} set={setTo} />
    </FormAction>
  );
}

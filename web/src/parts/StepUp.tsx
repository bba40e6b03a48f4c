// Asks the person to prove once more to be there, in place, when a request needs it (docs/operate/signing_in.md): what was entered on the
// page stays. Who has no password leaves for the server's own page, which takes passkeys and the company's provider, and comes back.
import { useEffect, useState, type FormEvent } from 'react';
import { setProver } from '../api/client.ts';
import { proveAgain } from '../api/session.ts';
import { texts } from '../texts.ts';
import { Dialog } from './Dialog.tsx';

export function StepUp() {
  const [answer, setAnswer] = useState<((proved: boolean) => void) | undefined>();
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => setProver(() => new Promise((resolve) => setAnswer(() => resolve))), []);
  if (!answer) return null;
  const end = (proved: boolean) => {
    setAnswer(undefined);
    setWrong(false);
    answer(proved);
  };
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const proved = await proveAgain(String(form.get('password')), String(form.get('code'))).catch(() => false);
    setBusy(false);
    if (proved) end(true);
    else setWrong(true);
  };
  return (
    <Dialog title={texts.stepUp.title} onClose={() => end(false)}>
      <p>{texts.stepUp.why}</p>
      {wrong && <p className="problem" role="alert">{texts.stepUp.wrong}</p>}
      <form onSubmit={(event) => void send(event)}>
        <label>
          {texts.stepUp.password}
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <label>
          {texts.stepUp.code}
          <input name="code" inputMode="numeric" autoComplete="one-time-code" />
        </label>
        <div className="actions">
          <button type="submit" className="main" disabled={busy}>{texts.stepUp.send}</button>
          <a className="button" href={`/step-up?next=${encodeURIComponent(location.pathname + location.search)}`}>{texts.stepUp.otherWay}</a>
        </div>
      </form>
    </Dialog>
  );
}

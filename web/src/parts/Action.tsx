// One thing that can be done: a button, what it does in words, its command, and how much it asks first. Mild things happen at once and can
// be taken back; moderate ones ask why; severe ones want the name typed.
import { useState, type FormEvent } from 'react';
import { asProblem, type Problem } from '../api/problem.ts';
import { refreshAll } from '../api/live.ts';
import { texts } from '../texts.ts';
import { Dialog } from './Dialog.tsx';
import { Commands, ProblemNote, type Command } from './ui.tsx';
import { toast } from './Toasts.tsx';

export interface ActionProps {
  label: string;
  /** What it does, in a sentence or two. */
  about: string;
  /** Given what was entered as the reason. */
  commands: (reason: string) => Command[];
  run: (reason: string) => Promise<unknown>;
  /** Said afterwards, unless `run` says it. */
  done?: string;
  /** Takes it back. */
  undo?: () => Promise<unknown>;
  /** Asks for a reason first. */
  withReason?: boolean;
  /** Severe: this name must be typed. */
  typed?: string;
}

export function Action({ label, about, commands, run, done, undo, withReason = false, typed }: ActionProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const [reason, setReason] = useState('');
  const [name, setName] = useState('');
  const mild = !withReason && typed === undefined;

  const act = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await run(reason.trim());
      setOpen(false);
      setReason('');
      setName('');
      if (done) toast(done, undo);
      refreshAll();
    } catch (caught) {
      setProblem(asProblem(caught));
      setOpen(true);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act();
  };
  return (
    <>
      <button type="button" className={typed === undefined ? '' : 'severe'} disabled={busy} onClick={() => (mild ? void act() : setOpen(true))}>
        {label}
      </button>
      {open && (
        <Dialog title={label} onClose={() => setOpen(false)}>
          <p>{about}</p>
          {problem && <ProblemNote problem={problem} />}
          <form onSubmit={submit}>
            {withReason && (
              <label>
                {texts.action.reason}
                <input value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} autoComplete="off" />
              </label>
            )}
            {typed !== undefined && (
              <label>
                {texts.action.type} <code>{typed}</code>
                <input value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" spellCheck={false} />
              </label>
            )}
            <Commands of={commands(reason.trim())} />
            <div className="actions">
              <button type="submit" className={typed === undefined ? 'main' : 'severe'} disabled={busy || (typed !== undefined && name !== typed)}>
                {busy ? texts.action.busy : label}
              </button>
              <button type="button" onClick={() => setOpen(false)}>{texts.cancel}</button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}

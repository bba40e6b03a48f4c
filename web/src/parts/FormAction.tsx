// A thing to do that asks for more than a reason: a button, and a dialog with fields, what it does in words, and its command.
import { useState, type FormEvent, type ReactNode } from 'react';
import { refreshAll } from '../api/live.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import { texts } from '../texts.ts';
import { Dialog } from './Dialog.tsx';
import { Commands, ProblemNote, type Command } from './ui.tsx';
import { toast } from './Toasts.tsx';

export interface FormActionProps<T> {
  label: string;
  about: ReactNode;
  /** The fields; their state is the caller's. */
  children: ReactNode;
  commands: Command[];
  run: () => Promise<T>;
  /** Said afterwards; nothing where `onDone` shows more. */
  done?: string;
  onDone?: (result: T) => void;
  main?: boolean;
  severe?: boolean;
  disabled?: boolean;
}

export function FormAction<T>({ label, about, children, commands, run, done, onDone, main = false, severe = false, disabled = false }: FormActionProps<T>) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const result = await run();
      setOpen(false);
      if (done) toast(done);
      onDone?.(result);
      refreshAll();
    } catch (caught) {
      setProblem(asProblem(caught));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  return (
    <>
      <button type="button" className={severe ? 'severe' : main ? 'main' : ''} onClick={() => { setProblem(undefined); setOpen(true); }}>{label}</button>
      {open && (
        <Dialog title={label} onClose={() => setOpen(false)}>
          <div>{about}</div>
          {problem && <ProblemNote problem={problem} />}
          <form onSubmit={submit}>
            {children}
            <Commands of={commands} />
            <div className="actions">
              <button type="submit" className={severe ? 'severe' : 'main'} disabled={busy || disabled}>{busy ? texts.action.busy : label}</button>
              <button type="button" onClick={() => setOpen(false)}>{texts.cancel}</button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}

export function TextField({ label, value, set, hint, ...rest }: { label: string; value: string; set: (value: string) => void; hint?: string; placeholder?: string; required?: boolean; type?: string; list?: string; maxLength?: number }) {
  return (
    <label>
      {label}
      <input value={value} autoComplete="off" spellCheck={false} onChange={(event) => set(event.target.value)} {...rest} />
      {hint && <span className="quiet hint">{hint}</span>}
    </label>
  );
}

// A thing to do that asks for more than a reason: a button, and a dialog with fields, what it does in words, and its command.
import { useState, type FormEvent, type ReactNode } from 'react';
import { refreshAll } from '../api/live.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import { setQuery, useAddress } from '../router.ts';
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
  /** Takes it back, given what `run` resolved with. */
  undo?: (result: T) => Promise<unknown>;
  /** An address with ?do= this opens the dialog at once: where a link in a message leads. */
  name?: string;
  onDone?: (result: T) => void;
  main?: boolean;
  severe?: boolean;
  disabled?: boolean;
}

export function FormAction<T>({ label, about, children, commands, run, done, undo, name, onDone, main = false, severe = false, disabled = false }: FormActionProps<T>) {
  const asked = useAddress().query.get('do');
  const [open, setOpen] = useState(name !== undefined && asked === name);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const close = () => {
    setOpen(false);
    if (name !== undefined && asked === name) setQuery({ do: '' });
  };
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const result = await run();
      close();
      if (done) toast(done, undo && (() => undo(result)));
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
        <Dialog title={label} onClose={close}>
          <div>{about}</div>
          {problem && <ProblemNote problem={problem} />}
          <form onSubmit={submit}>
            {children}
            <Commands of={commands} />
            <div className="actions">
              <button type="submit" className={severe ? 'severe' : 'main'} disabled={busy || disabled}>{busy ? texts.action.busy : label}</button>
              <button type="button" onClick={close}>{texts.cancel}</button>
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

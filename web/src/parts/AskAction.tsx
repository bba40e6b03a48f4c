// A button whose dialog asks for a few things before it acts: fields, the command that does the same, and where a secret comes of it, that secret
// until somebody says that it is stored.
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { refreshAll } from '../api/live.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import { texts } from '../texts.ts';
import { Dialog } from './Dialog.tsx';
import { toast } from './Toasts.tsx';
import { Commands, CopyButton, ProblemNote, type Command } from './ui.tsx';

export type Values = Record<string, string>;

export interface Field {
  name: string;
  label: string;
  value?: string;
  hint?: string;
  required?: boolean;
  /** A choice instead of a text: value and words. */
  choices?: ReadonlyArray<readonly [string, string]>;
  long?: boolean;
  /** May be filled from a file; those that are offered. */
  file?: string;
  /** What may be chosen, beside any text: value and words. */
  known?: ReadonlyArray<readonly [string, string]>;
}

export function FieldInput({ field, value, onChange }: { field: Field; value: string; onChange: (value: string) => void }) {
  const hint = useId();
  const known = useId();
  const described = { 'aria-describedby': field.hint ? hint : undefined };
  return (
    <div className="field">
      <label>
        {field.label}
        {field.choices ? (
          <select value={value} onChange={(event) => onChange(event.target.value)} {...described}>
            {field.choices.map(([one, words]) => <option key={one} value={one}>{words}</option>)}
          </select>
        ) : field.long ? (
          <textarea rows={4} value={value} required={field.required} spellCheck={false} onChange={(event) => onChange(event.target.value)} {...described} />
        ) : (
          <input value={value} required={field.required} autoComplete="off" spellCheck={false} list={field.known && known} onChange={(event) => onChange(event.target.value)} {...described} />
        )}
      </label>
      {field.file && (
        <input type="file" accept={field.file} aria-label={`${texts.register.fromFile}: ${field.label}`} onChange={(event) => void event.target.files?.[0]?.text().then(onChange)} />
      )}
      {field.known && <datalist id={known}>{field.known.map(([one, words]) => <option key={one} value={one}>{words}</option>)}</datalist>}
      {field.hint && <p className="field-hint" id={hint}>{field.hint}</p>}
    </div>
  );
}

/** Something that is shown this once. */
export function ShownOnce({ title, about, text }: { title: string; about: string; text: string }) {
  return (
    <div className="once">
      <h3>{title}</h3>
      <div className="command-head"><span>{about}</span><CopyButton text={text} /></div>
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}

interface Props {
  label: string;
  title?: string;
  about: ReactNode;
  fields: readonly Field[];
  commands: (values: Values) => Command[];
  /** What it resolves with stays in the dialog until it is closed by hand. */
  run: (values: Values) => Promise<ReactNode>;
  done: string;
  /** Takes it back, given what was entered. */
  undo?: (values: Values) => Promise<unknown>;
  main?: boolean;
  submit?: string;
  /** Of the button that closes a result; by default a result is a secret, which is to be stored first. */
  finish?: string;
}

export function AskAction({ label, title = label, about, fields, commands, run, done, undo, main = false, submit = label, finish }: Props) {
  const [open, setOpen] = useState(false);
  const [entered, setEntered] = useState<Values>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>();
  const [result, setResult] = useState<ReactNode>();
  const [warned, setWarned] = useState(false);
  const values: Values = Object.fromEntries(fields.map((field) => [field.name, (entered[field.name] ?? field.value ?? field.choices?.[0]?.[0] ?? '').trim()]));
  const close = () => {
    setOpen(false);
    setEntered({});
    setProblem(undefined);
    setResult(undefined);
    setWarned(false);
  };
  const act = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const shown = await run(values);
      toast(done, undo && (() => undo(values)));
      refreshAll();
      if (shown) setResult(shown);
      else close();
    } catch (caught) {
      setProblem(asProblem(caught));
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" className={main ? 'main' : ''} aria-label={title === label ? undefined : `${label}: ${title}`} onClick={() => setOpen(true)}>{label}</button>
      {open && (
        <Dialog title={title} onClose={result && !finish ? () => setWarned(true) : close}>
          {result ? (
            <>
              {result}
              {warned && <p role="alert" className="alarm-line">{texts.calendar.storeFirst}</p>}
              <div className="actions"><button type="button" className="main" onClick={close}>{finish ?? texts.calendar.done}</button></div>
            </>
          ) : (
            <>
              {about && <p>{about}</p>}
              {problem && <ProblemNote problem={problem} />}
              <form onSubmit={(event) => void act(event)}>
                {fields.map((field) => (
                  <FieldInput key={field.name} field={field} value={entered[field.name] ?? field.value ?? field.choices?.[0]?.[0] ?? ''} onChange={(value) => setEntered((before) => ({ ...before, [field.name]: value }))} />
                ))}
                <Commands of={commands(values)} />
                <div className="actions">
                  <button type="submit" className="main" disabled={busy}>{busy ? texts.action.busy : submit}</button>
                  <button type="button" onClick={close}>{texts.cancel}</button>
                </div>
              </form>
            </>
          )}
        </Dialog>
      )}
    </>
  );
}

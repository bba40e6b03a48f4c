// Small parts that every page is made of.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Problem } from '../api/problem.ts';
import type { Live } from '../api/live.ts';
import { texts } from '../texts.ts';
import { toast } from './Toasts.tsx';

export { commandLine } from './command_line.ts';

/** The heading takes the focus when one comes to the page (Shell.tsx), so that screen readers say where one is. */
export function Page({ title, lede, actions, children }: { title: string; lede?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Gatehouse`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {lede && <div className="lede">{lede}</div>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

export function Section({ title, count, aside, children }: { title: string; count?: number; aside?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <div className="section-head">
        <h2>
          {title}
          {count !== undefined && <span className="count">{count}</span>}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

const kTones: Record<string, string> = {
  live: 'good', done: 'good', sent: 'good', backed: 'good', open: 'good', current: 'good', approved: 'good', intact: 'good',
  paused: 'wait', pending: 'wait', waiting: 'wait', 'in grace': 'wait', overlap: 'wait', 'waiting for grant': 'wait', 'grant paused': 'wait',
  'successor pending': 'wait', 'both live': 'wait', 'old one quiet': 'wait',
  expired: 'bad', refused: 'bad', unbacked: 'bad', 'grant unbacked': 'bad', 'given up': 'bad', suspended: 'bad', disabled: 'bad',
};

/** A state in words; the dot only repeats them. */
export function State({ is }: { is: string }) {
  return <span className={`state ${kTones[is] ?? 'off'}`}>{is}</span>;
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function ProblemNote({ problem }: { problem: Problem }) {
  return (
    <div className="problem" role="alert">
      <p>{problem.message}</p>
      {problem.missingRole && problem.missingRole !== 'step-up' && <p>{texts.problem.missingRole(problem.missingRole)}</p>}
      {problem.requestId && (
        <p className="quiet">
          {texts.problem.request} <code>{problem.requestId}</code>
        </p>
      )}
    </div>
  );
}

/** That something is on its way. Nothing stands below it that would move when it comes. */
export function Waiting({ lines = 3 }: { lines?: number }) {
  return (
    <div className="waiting" aria-busy="true">
      <span className="hidden">{texts.loading}</span>
      {Array.from({ length: lines }, (_, line) => <div key={line} className="bone" />)}
    </div>
  );
}

/** What was read, or that it is on its way, or why not: never over the whole page, and what is there stays there. */
export function Loaded<T>({ of, lines = 3, children }: { of: Live<T>; lines?: number; children: (data: T) => ReactNode }) {
  if (of.data === undefined && of.problem) return <ProblemNote problem={of.problem} />;
  if (of.data === undefined) return <Waiting lines={lines} />;
  return (
    <>
      {of.problem && <ProblemNote problem={of.problem} />}
      {children(of.data)}
    </>
  );
}

/** Name and value, one a line; what is missing is left out. */
export function Facts({ of }: { of: Array<[string, ReactNode]> }) {
  const shown = of.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false);
  return (
    <dl className="facts">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Words({ of, none = texts.none }: { of: readonly string[] | null | undefined; none?: string }) {
  if (!of || of.length === 0) return <span className="quiet">{none}</span>;
  return (
    <span className="words">
      {of.map((one) => <code key={one}>{one}</code>)}
    </span>
  );
}

/** A link to somewhere outside, if it is one that a browser may follow; plain text otherwise. */
export function Outside({ to }: { to: string | null | undefined }) {
  if (!to) return null;
  if (!/^https?:\/\//i.test(to)) return <>{to}</>;
  return <a href={to} rel="noreferrer noopener" target="_blank">{to}</a>;
}

/** `hidden`: what it copies is not said again, since it is a secret. */
export function CopyButton({ text, label = texts.copy, hidden = false, button = false }: { text: string; label?: string; hidden?: boolean; button?: boolean }) {
  return (
    <button
      type="button"
      className={button ? 'main' : 'plain copy'}
      aria-label={hidden ? label : `${label}: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`}
      onClick={() => void navigator.clipboard.writeText(text).then(() => toast(texts.copied), () => toast(texts.notCopied))}
    >
      {label}
    </button>
  );
}

export interface Command {
  label: string;
  text: string;
}

/** What the page does, for those who would rather script it: the command line's form, and the file for `gatehouse apply`. */
export function Commands({ of, open = false }: { of: Command[]; open?: boolean }) {
  if (of.length === 0) return null;
  return (
    <details className="commands" open={open}>
      <summary>{texts.commands.title}</summary>
      <ul>
        {of.map(({ label, text }) => (
          <li key={label + text}>
            <div className="command-head">
              <span>{label}</span>
              <CopyButton text={text} />
            </div>
            <pre tabIndex={0}>{text}</pre>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A button that opens a small list; closed by Escape, by a click elsewhere, and by what is chosen in it. */
export function Menu({ label, children }: { label: ReactNode; children: ReactNode }) {
  const details = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return undefined;
    const close = (event: Event) => {
      const inside = event.target instanceof Node && details.current?.contains(event.target);
      if (event instanceof KeyboardEvent ? event.key !== 'Escape' : inside) return;
      if (details.current) details.current.open = false;
      if (event instanceof KeyboardEvent) details.current?.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('keydown', close);
    };
  }, [open]);
  return (
    <details className="menu" ref={details} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      <div className="menu-body">{children}</div>
    </details>
  );
}

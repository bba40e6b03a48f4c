// Short messages at the edge of the page, read out politely. A mild change can be taken back from one: by its button, or by the key z while
// it stands. One that somebody points at or has reached by Tab stays.
import { useSyncExternalStore, type FocusEvent } from 'react';
import { refreshAll } from '../api/live.ts';
import { asProblem } from '../api/problem.ts';
import { texts } from '../texts.ts';

interface Toast {
  id: number;
  text: string;
  undo: (() => void) | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

let shown: Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(toasts: Toast[]): void {
  shown = toasts;
  for (const listener of listeners) listener();
}

function drop(one: Toast): void {
  clearTimeout(one.timer);
  set(shown.filter((other) => other !== one));
}

const hold = (one: Toast) => clearTimeout(one.timer);
function wait(one: Toast): void {
  hold(one);
  one.timer = setTimeout(() => drop(one), one.undo ? 12_000 : 5_000);
}

/** `undo` takes back what is said to be done; what is on the page is asked for again afterwards. */
export function toast(text: string, undo?: () => Promise<unknown>): void {
  const back = undo && (() => void undo().then(() => { toast(texts.undone); refreshAll(); }, (caught: unknown) => toast(asProblem(caught).message)));
  const one: Toast = { id: next++, text, undo: back, timer: undefined };
  for (const gone of shown.slice(0, -2)) clearTimeout(gone.timer);
  set([...shown.slice(-2), one]);
  wait(one);
}

function takeBack(one: Toast): void {
  // The button goes with its message, and the focus must not fall off the page.
  if (document.activeElement?.closest('.toasts')) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  drop(one);
  one.undo?.();
}

/** The newest message from which something can be taken back; false: there is none. */
export function undoLast(): boolean {
  const one = shown.findLast((each) => each.undo);
  if (one) takeBack(one);
  return one !== undefined;
}

export function Toasts() {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => shown,
  );
  const left = (event: FocusEvent, one: Toast) => !event.currentTarget.contains(event.relatedTarget) && wait(one);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {all.map((one) => (
        <div key={one.id} className="toast" onPointerEnter={() => hold(one)} onPointerLeave={() => wait(one)} onFocus={() => hold(one)} onBlur={(event) => left(event, one)}>
          <span>{one.text}</span>
          {one.undo && (
            <button type="button" className="plain" aria-keyshortcuts="z" onClick={() => takeBack(one)}>
              {texts.undo} <kbd aria-hidden="true">z</kbd>
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

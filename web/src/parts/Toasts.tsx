// Short messages at the edge of the page, read out politely; a mild change can be taken back from one.
import { useSyncExternalStore } from 'react';
import { texts } from '../texts.ts';

interface Toast {
  id: number;
  text: string;
  undo: (() => void) | undefined;
}

let shown: Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(toasts: Toast[]): void {
  shown = toasts;
  for (const listener of listeners) listener();
}

const drop = (id: number) => set(shown.filter((one) => one.id !== id));

export function toast(text: string, undo?: () => void): void {
  const id = next++;
  set([...shown.slice(-2), { id, text, undo }]);
  setTimeout(() => drop(id), undo ? 12_000 : 5_000);
}

export function Toasts() {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {all.map(({ id, text, undo }) => (
        <div key={id} className="toast">
          <span>{text}</span>
          {undo && (
            <button type="button" className="plain" onClick={() => { drop(id); undo(); }}>
              {texts.undo}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

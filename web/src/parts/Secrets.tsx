// A secret that was just made, above whatever page is open: what it was made on may be gone already (a row that leaves its list), and it is
// shown this once only. It closes when it is said to be stored.
import { useSyncExternalStore, type ReactNode } from 'react';
import { Dialog } from './Dialog.tsx';
import { Secret, type SecretProps } from './Secret.tsx';

type Shown = Omit<SecretProps, 'onStored'> & { title: string; note?: ReactNode };

let shown: Shown | undefined;
const listeners = new Set<() => void>();
function set(next: Shown | undefined): void {
  shown = next;
  for (const listener of listeners) listener();
}

export const showSecret = (secret: Shown): void => set(secret);

export function Secrets() {
  const one = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => shown,
  );
  if (!one) return null;
  const { title, note, ...rest } = one;
  return (
    <Dialog key={one.secret} title={title} onClose={() => undefined}>
      {note && <div>{note}</div>}
      <Secret {...rest} onStored={() => set(undefined)} />
    </Dialog>
  );
}

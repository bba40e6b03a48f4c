// The panel's addresses: all state of a page that is worth sending to somebody stands in them.
import { createElement, useMemo, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent, type ReactElement } from 'react';

const listeners = new Set<() => void>();
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
const tell = () => {
  for (const listener of listeners) listener();
};
window.addEventListener('popstate', tell);

const here = () => location.pathname + location.search;

export interface Address {
  path: string;
  /** Decoded segments of the path. */
  parts: string[];
  query: URLSearchParams;
}

export function useAddress(): Address {
  const now = useSyncExternalStore(subscribe, here);
  return useMemo(() => {
    const at = new URL(now, location.origin);
    return { path: at.pathname, parts: at.pathname.split('/').filter(Boolean).map(decoded), query: at.searchParams };
  }, [now]);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let guard: (() => boolean) | undefined;
/** Asked before another page is opened; false: stay. Taken away with undefined. */
export function setGuard(mayLeave: (() => boolean) | undefined): void {
  guard = mayLeave;
}

export function go(to: string, options: { replace?: boolean } = {}): void {
  if (to === here()) return;
  if (guard && to.split('?')[0] !== location.pathname && !guard()) return;
  history[options.replace ? 'replaceState' : 'pushState'](null, '', to);
  tell();
}

/** Sets members of the query; empty removes one. The page stays, and so does its place in the history. */
export function setQuery(changes: Record<string, string>): void {
  const at = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value) at.searchParams.set(name, value);
    else at.searchParams.delete(name);
  }
  go(at.pathname + at.search, { replace: true });
}

/** "/tokens/abc", each part encoded. */
export const pathOf = (...parts: string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;

export function Link({ to, onClick, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>): ReactElement {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return createElement('a', { ...rest, href: to, onClick: follow });
}

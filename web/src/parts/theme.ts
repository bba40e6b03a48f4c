// Dark, light or as the system has it; theme_before_paint.js sets it before the first paint.
import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const kKey = 'gatehouse.theme';
const listeners = new Set<() => void>();

function chosen(): Theme {
  const theme = localStorage.getItem(kKey);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem(kKey);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(kKey, theme);
    document.documentElement.dataset.theme = theme;
  }
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, chosen);
}

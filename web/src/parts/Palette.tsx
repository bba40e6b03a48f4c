// The command palette: pages, accounts, tokens, sites and people by name, and a few things to do. A combobox in a dialog (ARIA 1.2).
import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import { useList } from '../api/live.ts';
import { go, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { Dialog } from './Dialog.tsx';
import { useMay } from './me.tsx';
import { explained } from '../pages/Explain.tsx';
import { useMyPages } from './Shell.tsx';
import { setTheme } from './theme.ts';

interface Entry {
  kind: string;
  label: string;
  more?: string;
  run: () => void;
}

const kShown = 12;
const kRequestId = /^[0-9A-Za-z_-]{16,40}$/;

function rank(entry: Entry, words: string[]): number {
  const label = entry.label.toLowerCase();
  const text = `${label} ${entry.more ?? ''} ${entry.kind}`.toLowerCase();
  if (!words.every((word) => text.includes(word))) return -1;
  const first = words[0] ?? '';
  return label === first ? 3 : label.startsWith(first) ? 2 : label.includes(first) ? 1 : 0;
}

export function Palette({ onClose }: { onClose: () => void }) {
  const may = useMay();
  const mayExplain = may('explain');
  const mine = useMyPages();
  const accounts = useList('listAccounts', {});
  const tokens = useList('listTokens', {});
  const sites = useList('listSites', may('listSites') ? {} : undefined);
  const people = useList('listUsers', may('listUsers') ? {} : undefined);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();

  const entries = useMemo((): Entry[] => {
    const to = (kind: string, label: string, more: string | undefined, ...parts: string[]): Entry => ({ kind, label, ...(more ? { more } : {}), run: () => go(pathOf(...parts)) });
    return [
      ...mine.map((page) => to(texts.palette.page, page.title, undefined, page.segment)),
      ...(accounts.data ?? []).map((one) => to(texts.palette.account, one.handle, one.purpose, 'accounts', one.handle)),
      ...(tokens.data ?? []).map((one) => to(texts.palette.token, one.name, `${one.account} ${one.id}`, 'tokens', one.id)),
      ...(sites.data ?? []).map((one) => to(texts.palette.site, one.key, one.url, 'sites', one.key)),
      ...(people.data ?? []).map((one) => to(texts.palette.person, one.name, one.email, 'people', one.email)),
      { kind: texts.palette.do, label: texts.palette.dark, run: () => setTheme('dark') },
      { kind: texts.palette.do, label: texts.palette.light, run: () => setTheme('light') },
      { kind: texts.palette.do, label: texts.palette.system, run: () => setTheme('system') },
      { kind: texts.palette.do, label: texts.yourAccount, run: () => location.assign('/account') },
    ];
  }, [mine, accounts.data, tokens.data, sites.data, people.data]);
  const found = useMemo(() => {
    const typed = text.trim();
    // A request's id, as answers and messages say it.
    const request: Entry[] = kRequestId.test(typed) && mayExplain ? [{ kind: texts.palette.request, label: texts.palette.explain(typed), run: () => go(explained(typed)) }] : [];
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return entries.slice(0, kShown);
    const named = entries
      .map((entry) => ({ entry, rank: rank(entry, words) }))
      .filter((one) => one.rank >= 0)
      .sort((left, right) => right.rank - left.rank)
      .slice(0, kShown)
      .map((one) => one.entry);
    return [...named, ...request];
  }, [entries, text, mayExplain]);
  const selected = Math.min(at, found.length - 1);

  const take = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setAt((selected + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % Math.max(1, found.length));
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      take(found[selected]);
    }
  };
  return (
    <Dialog title={texts.palette.title} onClose={onClose} className="palette">
      <input
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-activedescendant={found.length > 0 ? `${list}-${selected}` : undefined}
        aria-label={texts.palette.hint}
        placeholder={texts.palette.hint}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => { setText(event.target.value); setAt(0); }}
        onKeyDown={onKeyDown}
      />
      <ul role="listbox" id={list} aria-label={texts.palette.title}>
        {found.map((entry, index) => (
          <li key={`${entry.kind} ${entry.label} ${entry.more}`} id={`${list}-${index}`} role="option" aria-selected={index === selected} onPointerDown={(event) => { event.preventDefault(); take(entry); }}>
            <span className="kind">{entry.kind}</span>
            <span className="label">{entry.label}</span>
            {entry.more && <span className="quiet more">{entry.more}</span>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="quiet" role="status">{texts.palette.nothing}</p>}
    </Dialog>
  );
}

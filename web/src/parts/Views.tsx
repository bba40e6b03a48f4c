// Saved views of a list: a name for what stands in the address (filter, order, columns). Kept in this browser.
import { useState } from 'react';
import { go, Link, useAddress } from '../router.ts';
import { texts } from '../texts.ts';
import { toast } from './Toasts.tsx';
import { Menu } from './ui.tsx';

type Saved = Array<{ name: string; query: string }>;

function read(key: string): Saved {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(saved) ? (saved as Saved).filter((one) => typeof one.name === 'string' && typeof one.query === 'string') : [];
  } catch {
    return [];
  }
}

export function Views({ name }: { name: string }) {
  const key = `gatehouse.views.${name}`;
  const { path, query } = useAddress();
  const [saved, setSaved] = useState(() => read(key));
  const [called, setCalled] = useState('');
  const keep = (views: Saved) => {
    localStorage.setItem(key, JSON.stringify(views));
    setSaved(views);
  };
  const forget = (view: Saved[number]) => {
    keep(saved.filter((one) => one !== view));
    toast(texts.views.removed(view.name), async () => keep([...read(key).filter((one) => one.name !== view.name), view]));
  };
  return (
    <Menu label={texts.views.title}>
      {saved.length === 0 && <p className="quiet">{texts.views.none}</p>}
      {saved.map((view) => (
        <div key={view.name} className="row">
          <Link to={view.query ? `${path}?${view.query}` : path}>{view.name}</Link>
          <button type="button" className="plain" aria-label={texts.views.remove(view.name)} onClick={(event) => { event.currentTarget.closest('details')?.querySelector('summary')?.focus(); forget(view); }}>✕</button>
        </div>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!called.trim()) return;
          keep([...saved.filter((one) => one.name !== called.trim()), { name: called.trim(), query: query.toString() }]);
          setCalled('');
        }}
      >
        <label>
          {texts.views.name}
          <input value={called} maxLength={60} onChange={(event) => setCalled(event.target.value)} />
        </label>
        <div className="row">
          <button type="submit">{texts.views.save}</button>
          <button type="button" className="plain" onClick={() => go(path)}>{texts.views.reset}</button>
        </div>
      </form>
    </Menu>
  );
}

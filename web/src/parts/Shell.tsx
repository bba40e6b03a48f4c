// The frame of every page: navigation, the palette, keys, the person's menu; and what happens when one goes from page to page.
import { Component, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { pages, type PanelPage } from '../pages.tsx';
import { go, Link, pathOf, useAddress } from '../router.ts';
import { texts } from '../texts.ts';
import { Dialog } from './Dialog.tsx';
import { useMay, useMe } from './me.tsx';
import { Palette } from './Palette.tsx';
import { Secrets } from './Secrets.tsx';
import { StepUp } from './StepUp.tsx';
import { setTheme, useTheme, type Theme } from './theme.ts';
import { Toasts, undoLast } from './Toasts.tsx';
import { Empty, Menu, Page } from './ui.tsx';

export function useMyPages(): PanelPage[] {
  const may = useMay();
  return pages.filter((page) => may(page.needs));
}

/** A fault of the panel itself: the rest stays usable. */
class Guard extends Component<{ at: string; children: ReactNode }, { fault: Error | undefined; at: string }> {
  override state = { fault: undefined as Error | undefined, at: this.props.at };
  static getDerivedStateFromError(fault: Error) {
    return { fault };
  }
  static getDerivedStateFromProps(props: { at: string }, state: { at: string }) {
    return props.at === state.at ? null : { fault: undefined, at: props.at };
  }
  override render() {
    if (!this.state.fault) return this.props.children;
    return (
      <Page title={texts.fault.title}>
        <div className="problem" role="alert">
          <p>{texts.fault.about}</p>
          <pre tabIndex={0}>{this.state.fault.message}</pre>
        </div>
      </Page>
    );
  }
}

function Content() {
  const { parts } = useAddress();
  const [segment = '', id] = parts;
  const page = useMyPages().find((one) => one.segment === segment);
  const fits = page && parts.length <= 2 && (id === undefined || page.details !== undefined);
  if (!fits) {
    return (
      <Page title={texts.notFound.title}>
        <Empty title={texts.notFound.about}>
          <Link to="/">{texts.notFound.back}</Link>
        </Empty>
      </Page>
    );
  }
  return id === undefined || !page.details ? <page.list /> : <page.details key={id} id={id} />;
}

const kTyping = 'input, textarea, select, [contenteditable]';

/** Keys that work wherever nobody types: `/`, `?`, `z`, `g` and a letter, Ctrl/Cmd-K. Nothing that browsers use is taken. */
function useKeys(open: (what: 'palette' | 'keys') => void, mine: PanelPage[]) {
  const leader = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        open('palette');
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
      if (event.target instanceof Element && event.target.matches(kTyping)) return;
      if (event.key === '?') open('keys');
      if (event.key === 'z' && undoLast()) event.preventDefault();
      if (event.key === '/') {
        const filter = document.querySelector<HTMLElement>('[data-filter]');
        if (filter) {
          event.preventDefault();
          filter.focus();
        }
      }
      if (event.key === 'g') leader.current = performance.now();
      else if (performance.now() - leader.current < 1500) {
        leader.current = 0;
        const page = mine.find((one) => one.key === event.key);
        if (page) {
          event.preventDefault();
          go(pathOf(page.segment));
        }
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [mine, open]);
}

/** A new page: its heading gets the focus, and what was scrolled starts at the top. */
function useArrival(path: string) {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [path]);
}

export function Shell() {
  const me = useMe();
  const mine = useMyPages();
  const { path, parts } = useAddress();
  const [open, setOpen] = useState<'palette' | 'keys' | undefined>();
  const [narrowOpen, setNarrowOpen] = useState(false);
  const theme = useTheme();
  useKeys(setOpen, mine);
  useArrival(path);
  useEffect(() => setNarrowOpen(false), [path]);
  const groups = Object.entries(texts.groups).map(([key, title]) => ({ title, pages: mine.filter((page) => page.group === key) }));

  return (
    <div className="frame">
      <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>('main h1')?.focus(); }}>
        {texts.skip}
      </a>
      <header className="top">
        <button type="button" className="plain narrow-only" aria-expanded={narrowOpen} aria-controls="navigation" onClick={() => setNarrowOpen(!narrowOpen)}>
          <span aria-hidden="true">☰</span> <span className="hidden">{texts.menu}</span>
        </button>
        <Link to="/" className="brand">Gatehouse</Link>
        <button type="button" className="search" onClick={() => setOpen('palette')}>
          <span>{texts.palette.hint}</span>
          <kbd>{navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'}</kbd>
        </button>
        <Menu label={<span className="person">{me.name || me.user}</span>}>
          <p className="quiet">{me.user}<br />{texts.roles[me.role] ?? me.role}</p>
          <fieldset>
            <legend>{texts.theme.title}</legend>
            {(['system', 'light', 'dark'] as Theme[]).map((one) => (
              <label key={one} className="check">
                <input type="radio" name="theme" checked={theme === one} onChange={() => setTheme(one)} />
                {texts.theme[one]}
              </label>
            ))}
          </fieldset>
          <a href="/account">{texts.yourAccount}</a>
          <a href="/device">{texts.device}</a>
          <button type="button" className="plain" onClick={() => setOpen('keys')}>{texts.keys.title} <kbd>?</kbd></button>
          <form method="post" action="/sign-out">
            <input type="hidden" name="csrf" value={me.csrf} />
            <button type="submit">{texts.signOut}</button>
          </form>
        </Menu>
      </header>
      <nav id="navigation" aria-label={texts.navigation} className={narrowOpen ? 'open' : ''}>
        {groups.filter((group) => group.pages.length > 0).map((group) => (
          <div key={group.title}>
            <p className="nav-group" id={`nav-${group.title}`}>{group.title}</p>
            <ul aria-labelledby={`nav-${group.title}`}>
              {group.pages.map((page) => (
                <li key={page.segment}>
                  <Link to={pathOf(page.segment)} aria-current={(parts[0] ?? '') === page.segment ? 'page' : undefined}>{page.title}</Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <main id="main">
        <Guard at={path}>
          <Suspense fallback={<div className="bone" aria-busy="true" />}>
            <Content />
          </Suspense>
        </Guard>
      </main>
      <Toasts />
      <Secrets />
      <StepUp />
      {open === 'palette' && <Palette onClose={() => setOpen(undefined)} />}
      {open === 'keys' && (
        <Dialog title={texts.keys.title} onClose={() => setOpen(undefined)}>
          <dl className="keys">
            {[...texts.keys.all, ...mine.map((page): [string, string] => [`g ${page.key}`, page.title])].map(([keys, about]) => (
              <div key={keys}>
                <dt>{keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>)}</dt>
                <dd>{about}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      )}
    </div>
  );
}

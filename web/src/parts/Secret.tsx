// A secret, this once: copied, downloaded, or in the form that a client wants. It is in this component's memory alone; whoever leaves before
// saying that it is stored is asked.
import { useEffect, useId, useState } from 'react';
import { forClient, forToken, type Snippet } from '../make/snippets.ts';
import { setGuard } from '../router.ts';
import { texts } from '../texts.ts';
import { download } from './download.ts';
import { CopyButton } from './ui.tsx';

const t = texts.secret;
const kKept = 'gatehouse.gateway';

/** The gateway's address, which the panel's server does not say: remembered in this browser once it was entered. */
export function useGateway(): [string, (address: string) => void] {
  const [gateway, setGateway] = useState(() => localStorage.getItem(kKept) ?? `${location.protocol}//${location.hostname}:8480`);
  return [
    gateway,
    (address) => {
      localStorage.setItem(kKept, address);
      setGateway(address);
    },
  ];
}

export interface SecretProps {
  secret: string;
  /** Of what it is, for the file's name. */
  name: string;
  /** Of an OAuth client or app. */
  clientId?: string | undefined;
  /** Snippets lead there: the site's place below the gateway, and a path to try. */
  base?: string | undefined;
  path?: string | undefined;
  onStored: () => void;
}

export function Secret({ secret, name, clientId, base, path = '', onStored }: SecretProps) {
  const [stored, setStored] = useState(false);
  const [shown, setShown] = useState('env');
  const [gateway, setGateway] = useGateway();
  const heading = useId();
  useEffect(() => {
    if (stored) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    setGuard(() => window.confirm(t.leave));
    return () => {
      window.removeEventListener('beforeunload', ask);
      setGuard(undefined);
    };
  }, [stored]);
  const used = { gateway: gateway.trim().replace(/\/+$/, ''), base: base ?? '', path, secret, clientId };
  const snippets: Snippet[] = base === undefined && clientId === undefined ? [] : clientId === undefined ? forToken(used) : forClient(used);
  const one = snippets.find((snippet) => snippet.key === shown) ?? snippets[0];
  return (
    <div className="secret" role="group" aria-labelledby={heading}>
      <p id={heading} className="small-title">{t.title}</p>
      <p>{t.once}</p>
      <pre tabIndex={0} className="secret-text" data-first>{secret}</pre>
      <div className="actions">
        <CopyButton text={secret} label={t.copy} hidden button />
        {snippets.length > 0 && <button type="button" onClick={() => download(`${name.replace(/[^\w-]+/g, '-').slice(0, 60) || 'gatehouse'}.env`, snippets[0]!.text)}>{t.env}</button>}
      </div>
      {one && (
        <>
          <div className="tabs" role="group" aria-label={t.use}>
            {snippets.map((snippet) => (
              <button key={snippet.key} type="button" aria-pressed={snippet === one} onClick={() => setShown(snippet.key)}>{snippet.label}</button>
            ))}
          </div>
          <div className="command-head">
            <span>{t.use}</span>
            <CopyButton text={one.text} hidden />
          </div>
          <pre tabIndex={0}>{one.text}</pre>
          <label>
            {t.gateway}
            <input value={gateway} spellCheck={false} autoComplete="off" onChange={(event) => setGateway(event.target.value)} />
          </label>
        </>
      )}
      <label className="check">
        <input type="checkbox" checked={stored} onChange={(event) => setStored(event.target.checked)} />
        {t.stored}
      </label>
      <button type="button" className="main" disabled={!stored} onClick={onStored}>{t.done}</button>
    </div>
  );
}

// What was made: its secret this once, where it leads, and the server's own decision about a request with it.
import { useState } from 'react';
import { call } from '../api/client.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import type { Schemas } from '../api/types.ts';
import { Secret } from '../parts/Secret.tsx';
import { commandLine, Commands, CopyButton, Facts, ProblemNote } from '../parts/ui.tsx';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { Steps } from './Summary.tsx';

const t = texts.make;

export interface MadeCredential {
  id: string;
  name: string;
  kind: 'token' | 'client' | 'federation';
  secret: string | undefined;
  clientId: string | undefined;
  waits: boolean;
  handover: Schemas['Handover'] | undefined;
  resource: string;
  method: string;
  path: string;
}

export function Made({ made, onDone }: { made: MadeCredential; onDone: () => void }) {
  const [stored, setStored] = useState(made.secret === undefined);
  const base = `/ex/${made.path.startsWith('/wiki') ? 'confluence' : 'jira'}/${made.resource.split('/')[0]}`;
  return (
    <div className="made">
      {made.waits && <p className="note">{t.waits} <Link to="/requests">{texts.requests.title}</Link></p>}
      {made.handover && (
        <>
          <p>{t.handedOver(made.handover.for)}</p>
          <Facts
            of={[
              [t.link, <><code>{location.origin + made.handover.link}</code> <CopyButton text={location.origin + made.handover.link} hidden /></>],
              [t.code, made.handover.code && <><code>{made.handover.code}</code> <CopyButton text={made.handover.code} hidden /></>],
            ]}
          />
        </>
      )}
      {made.secret !== undefined && !stored && (
        <Secret secret={made.secret} name={made.name} clientId={made.clientId} base={base} path={made.path} onStored={() => setStored(true)} />
      )}
      {made.secret === undefined && made.kind === 'federation' && <p>{t.noSecret}</p>}
      {made.kind === 'token' && <Ask made={made} path={base + made.path} />}
      {stored && (
        <div className="actions">
          <Link className="button" to={made.kind === 'token' ? pathOf('tokens', made.id) : pathOf('clients', ...(made.kind === 'client' ? [made.clientId ?? made.id] : []))}>{t.openIt}</Link>
          <button type="button" onClick={onDone}>{t.another}</button>
        </div>
      )}
    </div>
  );
}

function Ask({ made, path }: { made: MadeCredential; path: string }) {
  const [decision, setDecision] = useState<Schemas['Decision'] | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  const ask = () => {
    setProblem(undefined);
    call('explain', { body: { token: made.id, method: made.method, path } }).then(setDecision, (caught: unknown) => setProblem(asProblem(caught)));
  };
  return (
    <div className="card ask">
      <h2>{t.serverSays}</h2>
      <p><code>{made.method} {path}</code></p>
      <button type="button" onClick={ask}>{t.askServer}</button>
      {problem && <ProblemNote problem={problem} />}
      {decision && <Steps of={decision.steps} permitted={decision.permitted} title={`${t.verdict[decision.permitted ? 'permit' : 'deny']} (${decision.reason})`} />}
      <Commands of={[{ label: t.askServer, text: commandLine(['explain', made.method, path], { 'token-id': made.id }) }]} />
    </div>
  );
}

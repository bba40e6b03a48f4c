// Why a request was, or would be, refused; what would permit it; and who wrote to an object.
import { useEffect, useState, type FormEvent } from 'react';
import { call } from '../api/client.ts';
import { useList } from '../api/live.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import type { Schemas } from '../api/types.ts';
import { FieldInput, type Field } from '../parts/AskAction.tsx';
import { useMay } from '../parts/me.tsx';
import { adviceOf } from '../parts/remedy.ts';
import { Said, When } from '../parts/Time.tsx';
import { commandLine, Commands, CopyButton, Facts, Loaded, Page, ProblemNote, Section, Words } from '../parts/ui.tsx';
import { go, Link, pathOf, useAddress } from '../router.ts';
import { texts } from '../texts.ts';

type Decision = Schemas['Decision'];
const t = texts.explain;
const kMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((one) => [one, one] as const);

export const explained = (request: string): string => `/explain?${new URLSearchParams({ request }).toString()}`;

export function Explain() {
  const may = useMay();
  const { query } = useAddress();
  const request = query.get('request') ?? '';
  const asked = { token: query.get('token') ?? '', method: query.get('method') ?? '', path: query.get('path') ?? '', body: query.get('body') ?? '', address: query.get('address') ?? '' };
  const site = query.get('site') ?? '';
  const object = query.get('object') ?? '';
  const tokens = useList('listTokens', {}, 20_000, 120_000);
  const sites = useList('listSites', may('listSites') ? {} : undefined, 1000, 120_000);
  const body = request ? { request_id: request } : asked.token && asked.path ? withoutEmpty(asked) : undefined;
  const command = request
    ? commandLine(['explain'], { 'request-id': request })
    : commandLine(['explain', asked.method || 'GET', asked.path], { 'token-id': asked.token, address: asked.address, body: asked.body && 'FILE' });
  return (
    <Page title={t.title} lede={t.lede}>
      {body && <Explained key={JSON.stringify(body)} body={body} command={command} />}
      {site && object && may('trace') && <Trace site={site} object={object} />}
      {(body || (site && object)) && <h2 className="another">{t.another}</h2>}
      <div className="columns">
        <Ask title={t.refused} fields={[{ name: 'request', label: t.requestId, value: request, hint: t.requestHint, required: true }]} submit={t.explain} main />
        <Ask
          title={t.would}
          fields={[
            { name: 'token', label: t.token, value: asked.token, required: true, known: (tokens.data ?? []).filter((one) => one.state === 'live' || one.state === 'paused').map((one) => [one.id, `${one.name} of ${one.account}`] as const) },
            { name: 'method', label: t.method, value: asked.method || 'GET', choices: kMethods },
            { name: 'path', label: t.path, value: asked.path, hint: t.pathHint, required: true },
          ]}
          more={[{ name: 'body', label: t.body, value: asked.body, long: true }, { name: 'address', label: t.address, value: asked.address }]}
          submit={t.explain}
        />
        {may('trace') && <Ask title={t.traced} fields={[{ name: 'site', label: t.site, value: site, required: true, known: (sites.data ?? []).map((one) => [one.key, one.url] as const) }, { name: 'object', label: t.object, value: object, hint: t.objectHint, required: true }]} submit={t.trace} />}
      </div>
    </Page>
  );
}

const withoutEmpty = (all: Record<string, string>) => Object.fromEntries(Object.entries(all).filter(([, value]) => value));

/** A form whose fields go into the address, so that what it finds can be sent to somebody. */
function Ask({ title, fields, more = [], submit, main = false }: { title: string; fields: Field[]; more?: Field[]; submit: string; main?: boolean }) {
  const [entered, setEntered] = useState<Record<string, string>>({});
  const send = (event: FormEvent) => {
    event.preventDefault();
    const values = Object.fromEntries([...fields, ...more].map((field) => [field.name, (entered[field.name] ?? field.value ?? '').trim()]));
    go(`/explain?${new URLSearchParams(withoutEmpty(values)).toString()}`);
  };
  const input = (field: Field) => <FieldInput key={field.name} field={field} value={entered[field.name] ?? field.value ?? ''} onChange={(value) => setEntered((before) => ({ ...before, [field.name]: value }))} />;
  return (
    <form className="card" onSubmit={send}>
      <h2>{title}</h2>
      {fields.map(input)}
      {more.length > 0 && <details open={more.some((field) => field.value) || undefined}><summary>{t.more}</summary>{more.map(input)}</details>}
      <div className="actions"><button type="submit" className={main ? 'main' : ''}>{submit}</button></div>
    </form>
  );
}

function Explained({ body, command }: { body: Record<string, string>; command: string }) {
  const [decision, setDecision] = useState<Decision | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  useEffect(() => {
    let current = true;
    call('explain', { body }).then((said) => current && setDecision(said), (caught: unknown) => current && setProblem(asProblem(caught)));
    return () => { current = false; };
    // A new question is a new component (its key).
  }, []);
  if (problem) return <><ProblemNote problem={problem} /><Commands of={[{ label: t.title, text: command }]} /></>;
  return <Loaded of={{ data: decision, problem: undefined, loading: !decision, readAt: undefined }} lines={8}>{(one) => <Answer decision={one} command={command} />}</Loaded>;
}

function Answer({ decision, command }: { decision: Decision; command: string }) {
  const f = t.fields;
  const first = decision.steps.findIndex((step) => !step.passed);
  return (
    <Section title={decision.permitted ? t.permitted : decision.effect === 'deny' ? t.denied : t.undecided}>
      <Facts
        of={[
          [f.request, (decision.method || decision.path) && <code>{decision.method} {decision.path}</code>],
          [f.reason, <code>{decision.reason}</code>],
          [t.token, decision.token_id && <Link to={pathOf('tokens', decision.token_id)}>{decision.token_id}</Link>],
          [f.operation, decision.operation && <code>{decision.operation}</code>],
          [f.site, decision.site],
          [f.resource, decision.resource],
          [f.missing, decision.missing_scopes && decision.missing_scopes.length > 0 && <Words of={decision.missing_scopes} />],
          [f.from, decision.address],
          [f.status, decision.status],
          [f.at, decision.at && <When at={decision.at} full />],
        ]}
      />
      <h3 className="after-facts">{t.steps}</h3>
      <ol className="decision-steps">
        {decision.steps.map((step, index) => (
          <li key={index} className={step.passed ? 'passed' : index === first ? 'stopped' : 'then'}>
            <span className="step-mark" aria-hidden="true">{step.passed ? '✓' : '✕'}</span>
            <span className="hidden">{step.passed ? t.passed : t.stopped}: </span>
            <strong>{step.step.replaceAll('_', ' ')}</strong> <span><Said text={step.detail} /></span>
          </li>
        ))}
      </ol>
      {!decision.permitted && (decision.changes.length > 0 ? <Changes decision={decision} /> : <p className="note advice-note">{adviceOf(decision.reason)}</p>)}
      <Commands of={[{ label: t.title, text: command }]} />
    </Section>
  );
}

/** What the server would change, tried on a copy: for whoever may do it, in their own words and with the address of this page. */
function Changes({ decision }: { decision: Decision }) {
  // What only another token can have is one command for all of it: it stands with the last that needs it.
  const changes = decision.changes.map((one, at, all) => ({ ...one, command: all.slice(at + 1).some((later) => later.command === one.command) ? undefined : one.command }));
  const people = [...new Set(changes.flatMap((one) => one.people))];
  const about = aboutOf(decision);
  const lines = changes.flatMap((one) => [`${one.what} (${one.may})`, ...(one.command ? [`  ${one.command}`] : [])]);
  const text = t.asking(about, [...lines, '', `${t.seeHere}: ${location.href}`]);
  const mail = `mailto:${people.map(encodeURIComponent).join(',')}?subject=${encodeURIComponent(t.subject(about))}&body=${encodeURIComponent(text.replaceAll('\n', '\r\n'))}`;
  return (
    <div className="card change">
      <div className="row">
        <h3>{changes.length === 1 ? t.change : t.changes}</h3>
        <span className="actions">
          <a className="button" href={mail}>{t.mail(people)}</a>
          <CopyButton text={text} label={t.ask} />
        </span>
      </div>
      {decision.changes_suffice === false && <p className="note">{t.notEnough}</p>}
      <ol className="remedies">
        {changes.map((one) => (
          <li key={one.kind + one.what}>
            <p>{one.what}</p>
            <div className="command-head"><span>{t.may}: {one.may}{one.people.length > 0 && ` (${one.people.join(', ')})`}</span>{one.command && <CopyButton text={one.command} />}</div>
            {one.command && <pre tabIndex={0}>{one.command}</pre>}
          </li>
        ))}
      </ol>
    </div>
  );
}

const aboutOf = (decision: Decision) => `${decision.method ?? ''} ${decision.path ?? ''} (${decision.reason}${decision.request_id ? `, request ${decision.request_id}` : ''})`.trim();

function Trace({ site, object }: { site: string; object: string }) {
  const writes = useList('trace', { site, object }, 1000, 30_000);
  return (
    <Section title={`${t.traced}: ${object}`} count={writes.data?.length ?? 0}>
      <Loaded of={writes}>
        {(all) => all.length === 0 ? <p className="quiet">{t.noWrites}</p> : (
          <div className="small-table" tabIndex={0} role="region" aria-label={t.traced}>
            <table>
              <thead><tr>{[t.when, t.fields.operation, t.who2, t.token, t.owner, t.fields.from, t.fields.status, t.requestId].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
              <tbody>
                {all.map((one) => (
                  <tr key={one.request_id}>
                    <td><When at={one.at} /></td>
                    <td><code>{one.operation}</code></td>
                    <td><Link to={pathOf('accounts', one.account)}>{one.account}</Link></td>
                    <td><Link to={pathOf('tokens', one.token_id)}>{one.token_name ?? one.token_id}</Link></td>
                    <td>{one.owner}</td>
                    <td><code>{one.address}</code></td>
                    <td>{one.status}</td>
                    <td><code>{one.request_id}</code></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <Commands of={[{ label: t.title, text: commandLine(['trace', site, object]) }]} />
    </Section>
  );
}

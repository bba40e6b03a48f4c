// One entry of the register: what it does, where it runs, declared beside observed, how its secret is replaced.
import { call } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { quoted } from '../parts/command_line.ts';
import { beside } from '../parts/declared.ts';
import { AskAction, type Field, type Values } from '../parts/AskAction.tsx';
import { Hours } from '../parts/Hours.tsx';
import { useMay } from '../parts/me.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { Timeline } from '../parts/Timeline.tsx';
import { commandLine, Commands, Facts, Loaded, Outside, Page, Section, State, Words } from '../parts/ui.tsx';
import { applyForm } from '../parts/yaml.ts';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { WhatIf } from './Blast.tsx';

type Row = Schemas['RegisterEntry'];
const t = texts.register;
const l = t.labels;

export function Entry({ id }: { id: string }) {
  const entry = useLive('showRegisterEntry', { at: { account: id } }, 30_000);
  const one = entry.data;
  return (
    <Page
      title={one?.handle ?? id}
      lede={one?.purpose}
      actions={one && <><Edit entry={one} /><WhatIf kind="account" name={one.handle} /><Link className="button" to={pathOf('accounts', one.handle)}>{t.account}</Link></>}
    >
      <Loaded of={entry} lines={8}>
        {(shown) => (
          <>
            <Facts
              of={[
                [texts.accounts.state, <><State is={shown.state} />{shown.pause_reason && ` ${shown.pause_reason}`}{shown.paused_until && <> · <When at={shown.paused_until} /></>}</>],
                [t.kind, shown.external ? t.external : t.passes],
                [l.runs_in, shown.runs_in],
                [l.tool, shown.tool],
                [l.job, shown.job],
                [l.link, shown.link && <Outside to={shown.link} />],
                [l.repository, shown.repository && <Outside to={shown.repository} />],
                [l.docs, shown.docs && <Outside to={shown.docs} />],
                [l.runbook, shown.runbook && <Outside to={shown.runbook} />],
                [t.answers, <><Link to={pathOf('people', shown.owner)}>{shown.owner}</Link>{shown.deputy && <>, {shown.deputy}</>}</>],
                [l.criticality, shown.criticality],
                [l.expected_every, shown.expected_every],
                [texts.accounts.created, <When at={shown.created_at} full />],
              ]}
            />
            <Section title={t.plan}>
              {shown.rotation_plan ? <p className="plan">{shown.rotation_plan}</p> : <p className="quiet">{t.noPlan}</p>}
              {shown.rotate_every && <p className="quiet">{l.rotate_every} {shown.rotate_every}</p>}
              <Credentials entry={shown} />
            </Section>
            <Beside entry={shown} />
            <Use entry={shown} />
            <Timeline target={shown.id} title={texts.accounts.timeline} />
            <Commands of={commandsOf(shown)} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function commandsOf(one: Row) {
  return [
    { label: texts.commands.show, text: commandLine(['register', 'show', one.handle]) },
    { label: t.page, text: commandLine(['register', 'export'], { format: 'markdown', owner: one.owner }) },
    {
      label: texts.commands.yaml,
      text: applyForm('accounts', {
        handle: one.handle, owner: one.owner, deputy: one.deputy, purpose: one.purpose, runs_in: one.runs_in, tool: one.tool, repository: one.repository, job: one.job, link: one.link,
        declared_sites: one.declared.sites, declared_resources: one.declared.resources, declared_scopes: one.declared.scopes, docs: one.docs, runbook: one.runbook,
        rotation_plan: one.rotation_plan, rotate_every: one.rotate_every, expected_every: one.expected_every, criticality: one.criticality,
      }),
    },
  ];
}

function Credentials({ entry }: { entry: Row }) {
  if (entry.credentials.length === 0) return <p className="quiet">{t.noCredentials}</p>;
  return (
    <div className="small-table" tabIndex={0} role="region" aria-label={t.credentials}>
      <table>
        <thead>
          <tr>{[texts.tokens.name, texts.tokens.kind, texts.tokens.state, texts.tokens.expires, t.rotated, texts.tokens.rotates, t.due, texts.tokens.lastUsed, t.source].map((name) => <th key={name} scope="col">{name}</th>)}</tr>
        </thead>
        <tbody>
          {entry.credentials.map((one) => (
            <tr key={one.id}>
              <td>{one.kind === 'api token' || one.kind === 'external' ? <Link to={pathOf('tokens', one.id)}>{one.name}</Link> : one.name}</td>
              <td>{one.kind}</td>
              <td><State is={one.state} /></td>
              <td><Expiry at={one.expires_at} /></td>
              <td><When at={one.rotated_at} none="–" /></td>
              <td>{one.rotate_every ?? '–'}</td>
              <td><Expiry at={one.rotation_due_at} none="–" /></td>
              <td><When at={one.last_used_at} /></td>
              <td>
                {one.source ?? 'Gatehouse'} {one.upstream_id && <code>{one.upstream_id}</code>} {one.holder && <span className="quiet">{t.holder} {one.holder}{one.personal && `, ${t.personal}`}</span>}
                {one.source && <Assign id={one.id} name={one.name} from={entry.handle} />}
                {one.vanished_at && <span className="quiet"> {t.vanished} <When at={one.vanished_at} /></span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** An external credential that an import gave to the wrong automation. */
function Assign({ id, name, from }: { id: string; name: string; from: string }) {
  const may = useMay();
  if (!may('assignCredential')) return null;
  return (
    <AskAction
      label={t.assign}
      title={name}
      about={t.assignAbout}
      fields={[{ name: 'account', label: t.assignTo, required: true }]}
      commands={({ account }) => [{ label: t.assign, text: commandLine(['register', 'assign', id], { account: account || 'HANDLE' }) }]}
      run={({ account }) => call('assignCredential', { at: { token: id }, body: { account: account! } }).then(() => null)}
      done={t.assigned}
      undo={() => call('assignCredential', { at: { token: id }, body: { account: from } })}
    />
  );
}

function Beside({ entry }: { entry: Row }) {
  const lines = beside(entry.declared, entry.observed);
  const tone = { asDeclared: 'good', undeclared: 'bad', unseen: 'wait' } as const;
  return (
    <Section title={t.against} count={lines.length}>
      {lines.length === 0 ? <p className="quiet">{t.none}</p> : (
        <div className="small-table" tabIndex={0} role="region" aria-label={t.against}>
          <table>
            <thead><tr>{[texts.tokens.kind, t.name, t.declared, t.observed].map((name) => <th key={name} scope="col">{name}</th>)}<th scope="col"><span className="hidden">{texts.accounts.state}</span></th></tr></thead>
            <tbody>
              {lines.map((one) => (
                <tr key={one.kind + one.name}>
                  <td>{t.kinds[one.kind]}</td>
                  <td><code>{one.name}</code></td>
                  <td>{one.declared ? texts.tokens.yes : '–'}</td>
                  <td>{one.observed ? texts.tokens.yes : '–'}</td>
                  <td><span className={`state ${tone[one.verdict]}`}>{t[one.verdict]}</span></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {entry.permissions.length > 0 && (
        <>
          <h3 className="after-facts">{t.permissions}</h3>
          <ul className="lines">
            {entry.permissions.map((one) => <li key={one.resource + one.scopes.join()}><State is={one.state} /><span className="grow"><strong>{one.resource}</strong> {one.role} <Words of={one.scopes} /></span></li>)}
          </ul>
        </>
      )}
    </Section>
  );
}

function Use({ entry }: { entry: Row }) {
  const seen = entry.observed;
  if (seen.requests === 0) return <Section title={t.use}><p className="quiet">{texts.accounts.notObserved}</p></Section>;
  const number = (one: number) => one.toLocaleString('en');
  return (
    <Section title={t.use}>
      <Facts
        of={[
          [t.requests, t.refused(number(seen.requests), number(seen.refused), number(seen.failed))],
          [t.first, <When at={seen.first_used_at} full />],
          [t.seen, <When at={seen.last_used_at} full />],
          [t.addresses, <Words of={seen.addresses} />],
          [t.agents, <Words of={seen.user_agents} />],
          [t.operations, <Words of={seen.operations} />],
        ]}
      />
      <Hours of={seen.hours} />
    </Section>
  );
}

const kLists = ['declared_sites', 'declared_resources', 'declared_scopes'];
const optionOf: Record<string, string> = { declared_sites: 'declared-site', declared_resources: 'declared-resource', declared_scopes: 'declared-scope' };

function Edit({ entry }: { entry: Row }) {
  const may = useMay();
  if (!may('editAccount') || entry.state === 'archived') return null;
  const text = (name: keyof Row & keyof typeof l, more: Partial<Field> = {}): Field => ({ name, label: l[name], value: String(entry[name] ?? ''), ...more });
  const list = (name: keyof typeof l, value: readonly string[]): Field => ({ name, label: l[name], value: value.join(', ') });
  const fields: Field[] = [
    text('purpose', { required: true }), text('runs_in', { required: true }), text('deputy'), text('tool'), text('job'), text('link'), text('repository'), text('docs'), text('runbook'),
    text('rotation_plan', { long: true }), text('rotate_every'), text('expected_every'),
    text('criticality', { choices: ['low', 'normal', 'high'].map((one) => [one, one] as const) }),
    list('declared_sites', entry.declared.sites), list('declared_resources', entry.declared.resources), list('declared_scopes', entry.declared.scopes),
  ];
  const changed = (values: Values) => fields.filter((field) => (values[field.name] ?? '') !== (field.value ?? '').trim());
  const words = (value: string) => value.split(',').map((one) => one.trim()).filter(Boolean);
  const commands = (values: Values) => {
    // An empty value takes away what was there, so it has to stand there.
    const options = changed(values).map(({ name }) => `--${optionOf[name] ?? name.replaceAll('_', '-')} ${quoted(kLists.includes(name) ? words(values[name]!).join(',') : values[name]!)}`);
    return [{ label: t.edit, text: [commandLine(['account', 'edit', entry.handle]), ...options].join(' ') }];
  };
  const send = async (values: Values, these: readonly Field[]) => {
    const body = Object.fromEntries(these.map(({ name }) => [name, kLists.includes(name) ? words(values[name]!) : values[name]!]));
    if (these.length > 0) await call('editAccount', { at: { account: entry.handle }, body });
    return null;
  };
  const before: Values = Object.fromEntries(fields.map((field) => [field.name, (field.value ?? '').trim()]));
  return <AskAction label={t.edit} title={`${t.edit}: ${entry.handle}`} about={t.editAbout} fields={fields} commands={commands} run={(values) => send(values, changed(values))} undo={(values) => send(before, changed(values))} done={t.saved} submit={t.save} />;
}

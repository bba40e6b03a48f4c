// Apps that act for people, and what people let them do.
import { useState } from 'react';
import { call } from '../api/client.ts';
import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import type { Facet } from '../parts/filter.ts';
import { FormAction, TextField } from '../parts/FormAction.tsx';
import { useMay, useMe } from '../parts/me.tsx';
import { showSecret } from '../parts/Secrets.tsx';
import { Table, type Column } from '../parts/Table.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { Timeline } from '../parts/Timeline.tsx';
import { commandLine, Commands, Empty, Facts, Loaded, Page, Section, State, Words } from '../parts/ui.tsx';
import { wordsIn } from '../parts/words.ts';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type Row = Schemas['App'];
const t = texts.apps;
const c = texts.tokens;

const columns: Column<Row>[] = [
  { key: 'name', label: c.name, value: (row) => row.name, grow: 2, narrow: true },
  { key: 'account', label: c.account, value: (row) => row.account, grow: 2 },
  { key: 'owner', label: c.owner, value: (row) => row.owner, grow: 2 },
  { key: 'created_at', label: c.created, value: (row) => row.created_at, cell: (row) => <When at={row.created_at} />, grow: 1.5 },
  { key: 'expires_at', label: c.expires, value: (row) => row.expires_at, cell: (row) => <Expiry at={row.expires_at} />, grow: 1.5, narrow: true },
  { key: 'last_used_at', label: c.lastUsed, value: (row) => row.last_used_at, cell: (row) => <When at={row.last_used_at} />, grow: 1.5 },
  { key: 'state', label: c.state, value: (row) => row.state, cell: (row) => <State is={row.state} />, narrow: true },
  { key: 'client_id', label: texts.clients.clientId, value: (row) => row.client_id, extra: true, grow: 2 },
];
const facets: Facet<Row>[] = [
  { name: 'state', label: c.state, values: (row) => [row.state] },
  { name: 'owner', label: c.owner, values: (row) => [row.owner] },
];

export function Apps() {
  const may = useMay();
  const apps = useList('listApps', {});
  return (
    <Page title={t.title} lede={t.lede} actions={may('createApp') && <Register />}>
      <Section title={t.consents}><Consents /></Section>
      <Section title={t.apps}>
        <Table
          name="apps"
          caption={t.apps}
          of={apps}
          rowKey={(row) => row.id}
          columns={columns}
          facets={facets}
          to={(row) => pathOf('apps', row.client_id)}
          sort="name"
          command={['app', 'list']}
          empty={<Empty title={t.empty}><p>{t.emptyHelp}</p></Empty>}
        />
      </Section>
    </Page>
  );
}

/** One's own, or those of a person that an administrator or auditor asks for. */
function Consents() {
  const may = useMay();
  const me = useMe();
  const [user, setUser] = useState('');
  const people = useList('listUsers', may('listUsers') ? {} : undefined, 2000, 120_000);
  const consents = useList('listConsents', user ? { user } : {});
  return (
    <>
      {people.data && (
        <label className="picker">
          {t.consentsOf}
          <select value={user} onChange={(event) => setUser(event.target.value)}>
            <option value="">{me.user}</option>
            {people.data.filter((one) => one.email !== me.user).map((one) => <option key={one.id} value={one.email}>{one.email}</option>)}
          </select>
        </label>
      )}
      <Loaded of={consents} lines={2}>
        {(all) => all.length === 0 ? <p className="quiet">{user ? t.consentsNoneOf : t.consentsNone}</p> : (
          <ul className="lines">
            {all.map((one) => (
              <li key={one.id}>
                <span className="grow"><strong>{one.app_name}</strong> <Words of={one.scopes} /> <Words of={one.resources} /></span>
                <span className="quiet">{one.ended_at ? <>{t.ended} <When at={one.ended_at} /></> : <>{t.since} <When at={one.changed_at} /></>}</span>
                {!one.ended_at && (
                  <Action label={t.withdraw} about={t.withdrawAbout} typed={one.app_name} commands={() => [{ label: t.withdraw, text: commandLine(['app', 'withdraw', one.id]) }]} run={() => call('withdrawConsent', { at: { consent: one.id } })} done={t.withdrawn} />
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <Commands of={[{ label: t.consents, text: commandLine(['app', 'consents'], { user }) }]} />
    </>
  );
}

function Register() {
  const [app, setApp] = useState({ name: '', account: '', redirects: '', scopes: '', resources: '', public: false });
  const [made, setMade] = useState<Schemas['NewApp'] | undefined>();
  const set = (name: keyof typeof app) => (value: string) => setApp({ ...app, [name]: value });
  const body = {
    name: app.name.trim(), redirect_uris: wordsIn(app.redirects), scopes: wordsIn(app.scopes),
    ...(app.account ? { account: app.account.trim() } : {}), ...(app.resources ? { resources: wordsIn(app.resources) } : {}), ...(app.public ? { public: true } : {}),
  };
  const words = ['app', 'create', '--name', body.name || 'NAME', ...body.redirect_uris.flatMap((one) => ['--redirect-uri', one]), '--scopes', body.scopes.join(',') || 'SCOPES'];
  for (const one of body.resources ?? []) words.push('--resource', one);
  return (
    <>
      <FormAction
        label={t.make}
        main
        about={t.makeAbout}
        commands={[{ label: t.make, text: commandLine(words, { account: app.account, public: app.public }) }]}
        run={() => call('createApp', { body })}
        onDone={(app) => (app.client_secret ? showSecret({ title: t.made, note: app.approval && t.waits, secret: app.client_secret, name: app.name, clientId: app.client_id }) : setMade(app))}
        disabled={!body.name || body.redirect_uris.length === 0 || body.scopes.length === 0}
      >
        <TextField label={t.name} value={app.name} set={set('name')} maxLength={100} />
        <label>
          {t.redirects}
          <textarea rows={2} value={app.redirects} spellCheck={false} onChange={(event) => set('redirects')(event.target.value)} />
          <span className="quiet hint">{t.redirectHint}</span>
        </label>
        <TextField label={t.most} value={app.scopes} set={set('scopes')} hint={t.scopesHint} />
        <TextField label={c.resources} value={app.resources} set={set('resources')} hint={t.resourcesHint} />
        <TextField label={c.account} value={app.account} set={set('account')} />
        <label className="check"><input type="checkbox" checked={app.public} onChange={(event) => setApp({ ...app, public: event.target.checked })} />{t.public}</label>
      </FormAction>
      {made && (
        <Dialog title={t.made} onClose={() => setMade(undefined)}>
          {made.approval && <p className="note">{t.waits}</p>}
          <Facts of={[[texts.clients.clientId, <code>{made.client_id}</code>]]} />
        </Dialog>
      )}
    </>
  );
}

export function App({ id }: { id: string }) {
  const apps = useList('listApps', {});
  const one = apps.data?.find((app) => app.client_id === id || app.id === id);
  return (
    <Page title={one?.name ?? t.apps} lede={one && <><Link to={pathOf('accounts', one.account)}>{one.account}</Link> · <code>{one.client_id}</code></>} actions={one && <Actions of={one} />}>
      <Loaded of={apps}>
        {() => !one ? <Empty title={t.notListed}><Link to="/apps">{t.title}</Link></Empty> : (
          <>
            <Facts
              of={[
                [c.state, <State is={one.state} />],
                [c.expires, <Expiry at={one.expires_at} full />],
                [c.lastUsed, <When at={one.last_used_at} full />],
                [c.owner, one.owner],
                [c.created, <When at={one.created_at} full />],
                [t.public, one.public ? c.yes : c.no],
                [t.redirects, <Words of={one.redirect_uris} />],
                [t.most, <Words of={one.scopes} />],
                [c.resources, <Words of={one.resources} />],
              ]}
            />
            <Timeline target={one.id} title={c.timeline} />
            <Commands of={[{ label: t.apps, text: commandLine(['app', 'list']) }]} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ of: one }: { of: Row }) {
  const may = useMay();
  const [overlap, setOverlap] = useState('');
  const at = { app: one.client_id };
  if (one.state === 'revoked' || one.state === 'expired') return null;
  return (
    <>
      {may('rotateApp') && !one.public && (
        <FormAction label={texts.rotation.rotate} about={texts.clients.rotateAbout} commands={[{ label: texts.rotation.rotate, text: commandLine(['app', 'rotate', one.client_id], { overlap }) }]} run={() => call('rotateApp', { at, body: overlap ? { overlap } : {} })} onDone={(made) => made.client_secret && showSecret({ title: t.rotated, secret: made.client_secret, name: made.name, clientId: made.client_id })}>
          <TextField label={c.overlap} value={overlap} set={setOverlap} placeholder={one.overlap} hint={texts.rotation.overlapHint} />
        </FormAction>
      )}
      {may('revokeApp') && (
        <Action label={c.revoke} about={t.revokeAbout} withReason typed={one.name} commands={(reason) => [{ label: c.revoke, text: commandLine(['app', 'revoke', one.client_id], { reason }) }]} run={(reason) => call('revokeApp', { at, body: reason ? { reason } : {} })} done={c.revoked} />
      )}
    </>
  );
}

import { call } from '../api/client.ts';
import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { expiringWithin } from '../parts/facets.ts';
import type { Facet } from '../parts/filter.ts';
import { useMay } from '../parts/me.tsx';
import { Table, type Column } from '../parts/Table.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { commandLine, Commands, Empty, Facts, Loaded, Page, Section, State, Words } from '../parts/ui.tsx';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type Row = Schemas['Client'];
const t = texts.clients;
const c = texts.tokens;

const columns: Column<Row>[] = [
  { key: 'name', label: c.name, value: (row) => row.name, grow: 2, narrow: true },
  { key: 'account', label: c.account, value: (row) => row.account, grow: 2 },
  { key: 'owner', label: c.owner, value: (row) => row.owner, grow: 2 },
  { key: 'created_at', label: c.created, value: (row) => row.created_at, cell: (row) => <When at={row.created_at} />, grow: 1.5 },
  { key: 'expires_at', label: c.expires, value: (row) => row.expires_at, cell: (row) => <Expiry at={row.expires_at} />, grow: 1.5, narrow: true },
  { key: 'last_used_at', label: c.lastUsed, value: (row) => row.last_used_at, cell: (row) => <When at={row.last_used_at} />, grow: 1.5 },
  { key: 'state', label: c.state, value: (row) => row.state, cell: (row) => <State is={row.state} />, narrow: true },
  { key: 'auth', label: t.auth, value: (row) => row.auth, cell: (row) => t.authWords[row.auth] ?? row.auth, grow: 2 },
  { key: 'client_id', label: t.clientId, value: (row) => row.client_id, extra: true, grow: 2 },
  { key: 'scopes', label: c.scopes, value: (row) => row.scopes.join(' '), grow: 3, extra: true },
  { key: 'resources', label: c.resources, value: (row) => row.resources.join(' '), grow: 2, extra: true },
];
const facets: Facet<Row>[] = [
  { name: 'state', label: c.state, values: (row) => [row.state], onCommandLine: true },
  { name: 'owner', label: c.owner, values: (row) => [row.owner] },
  { name: 'account', label: c.account, values: (row) => [row.account], onCommandLine: true },
  expiringWithin<Row>(true),
];

export function Clients() {
  const may = useMay();
  const clients = useList('listClients', {});
  return (
    <Page title={t.title} lede={t.lede} actions={may('createClient') && <Link className="button" to="/make?kind=client">{t.make}</Link>}>
      <Table
        name="clients"
        caption={t.title}
        of={clients}
        rowKey={(row) => row.id}
        columns={columns}
        facets={facets}
        to={(row) => pathOf('clients', row.client_id)}
        sort="expires_at"
        command={['client', 'list']}
        empty={<Empty title={t.empty}><p>{t.emptyHelp}</p></Empty>}
      />
      <Federations />
    </Page>
  );
}

function Federations() {
  const may = useMay();
  const federations = useList('listFederations', {});
  return (
    <Section title={t.federations} count={federations.data?.length} aside={may('addFederation') && <Link to="/make?kind=federation">{t.make}</Link>}>
      <Loaded of={federations}>
        {(all) => all.length === 0 ? <p className="quiet">{t.federationsNone}</p> : (
          <div>
            {all.map((one) => (
              <article className="end" key={one.id}>
                <h3>{one.name}</h3>
                <Facts
                  of={[
                    [c.state, <State is={one.state} />],
                    [c.account, <Link to={pathOf('accounts', one.account)}>{one.account}</Link>],
                    [t.issuer, one.issuer],
                    [t.subject, <code>{one.subject}</code>],
                    [t.audience, one.audience],
                    [t.claims, Object.keys(one.claims).length > 0 && <Words of={Object.entries(one.claims).map(([name, value]) => `${name}=${String(value)}`)} />],
                    [c.resources, <Words of={one.resources} />],
                    [c.scopes, <Words of={one.scopes} />],
                    [c.expires, <Expiry at={one.expires_at} full />],
                  ]}
                />
                {may('removeFederation') && one.state !== 'revoked' && (
                  <div className="actions moves">
                    <Action label={t.remove} about={t.removeAbout} typed={one.name} commands={() => [{ label: t.remove, text: commandLine(['federation', 'remove', one.id]) }]} run={() => call('removeFederation', { at: { federation: one.id } })} done={t.removed} />
                  </div>
                )}
              </article>
            ))}
          </div>
        )}
      </Loaded>
      <Commands of={[{ label: t.federations, text: commandLine(['federation', 'list']) }]} />
    </Section>
  );
}

import { call } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { HandOverToken } from '../parts/HandOver.tsx';
import { useMay } from '../parts/me.tsx';
import { Rotation, rotates } from '../parts/Rotation.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { Usage } from '../parts/Usage.tsx';
import { Timeline } from '../parts/Timeline.tsx';
import { commandLine, Commands, Facts, Loaded, Page, Section, State, Words } from '../parts/ui.tsx';
import { applyForm } from '../parts/yaml.ts';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { WhatIf } from './Blast.tsx';

type Row = Schemas['Token'];
const t = texts.tokens;

export function Token({ id }: { id: string }) {
  const token = useLive('showToken', { at: { token: id } }, 10_000);
  const one = token.data;
  return (
    <Page
      title={one?.name ?? id}
      lede={one && <><Link to={pathOf('accounts', one.account)}>{one.account}</Link> · {one.kind} · <code>{one.id}</code></>}
      actions={one && <><WhatIf kind="token" name={one.id} /><Actions of={one} /></>}
    >
      <Loaded of={token}>
        {(shown) => (
          <>
            <Facts
              of={[
                [t.state, <><State is={shown.state} />{shown.pause_reason && ` ${shown.pause_reason}`}{shown.paused_until && <> · <When at={shown.paused_until} /></>}</>],
                [t.expires, <Expiry at={shown.expires_at} full />],
                [t.lastUsed, <When at={shown.last_used_at} full />],
                [t.owner, shown.owner],
                [t.requestedBy, shown.requested_by],
                [t.created, <When at={shown.created_at} full />],
                [t.lifetime, shown.lifetime],
                [t.rotates, shown.rotate_every],
                [t.allowIps, shown.allow_ips.length > 0 ? <Words of={shown.allow_ips} /> : t.anywhere],
                [t.rate, shown.rate],
              ]}
            />
            {rotates(shown.rotation) && <Rotation token={shown} />}
            <Section title={t.boundary}>
              <Facts of={[[t.scopes, <Words of={shown.scopes} />], [texts.accounts.role, shown.role]]} />
              {shown.boundary.length === 0 ? <p className="quiet">{t.noBoundary}</p> : (
                <ul className="lines">
                  {shown.boundary.map((entry) => (
                    <li key={entry.resource_id + entry.resource}>
                      <State is={entry.state} />
                      <span className="grow"><strong>{entry.resource}</strong> {entry.role}</span>
                    </li>
                  ))}
                </ul>
              )}
            </Section>
            <Use token={shown} />
            {!rotates(shown.rotation) && <Rotation token={shown} />}
            <Timeline target={shown.id} title={t.timeline} />
            <Commands of={commandsOf(shown)} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function commandsOf(one: Row) {
  return [
    { label: texts.commands.show, text: commandLine(['token', 'show', one.id]) },
    {
      label: texts.commands.yaml,
      text: applyForm('tokens', {
        account: one.account, name: one.name, resources: one.resources, scopes: one.scopes, role: one.role, expires_at: one.expires_at,
        rotate_every: one.rotate_every, owner: one.owner, allow_ips: one.allow_ips, rate: one.rate,
      }),
    },
  ];
}

function Actions({ of: one }: { of: Row }) {
  const may = useMay();
  const at = { token: one.id };
  const command = (verb: string, reason = '') => [{ label: t.title, text: commandLine(['token', verb, one.id], { reason }) }];
  const resume = () => call('resumeToken', { at });
  if (one.state === 'revoked' || one.state === 'expired') return null;
  return (
    <>
      {one.state === 'paused' && may('resumeToken') && <Action label={texts.accounts.resume} about="" commands={() => command('resume')} run={resume} done={texts.accounts.resumed} undo={() => call('pauseToken', { at, body: {} })} />}
      {one.state === 'live' && may('pauseToken') && (
        <Action label={texts.accounts.pause} about={t.pauseAbout} withReason commands={(reason) => command('pause', reason)} run={(reason) => call('pauseToken', { at, body: reason ? { reason } : {} })} done={texts.accounts.paused} undo={resume} />
      )}
      <HandOverToken token={one} />
      {may('revokeToken') && (
        <Action label={t.revoke} about={t.revokeAbout} withReason typed={one.name} commands={(reason) => command('revoke', reason)} run={(reason) => call('revokeToken', { at, body: reason ? { reason } : {} })} done={t.revoked} />
      )}
    </>
  );
}

function Use({ token }: { token: Row }) {
  const wake = useLive('reportWake', { query: { token: token.id } }, 30_000);
  const item = wake.data?.items[0];
  const usage = useLive('tokenUsage', token.kind === 'external' ? undefined : { at: { token: token.id } }, 30_000);
  return (
    <Section title={t.use}>
      {token.kind !== 'external' && <Usage of={usage} />}
      {item && <p>{item.stops}. {texts.tonight.wakes}: {item.wakes.join(', ') || <strong>{texts.tonight.nobody}</strong>}.</p>}
      <Places
        of={item
          ? item.automations.map((one) => ({ address: one.place ?? '?', user_agent: one.tool ?? '?', first_at: one.first_seen_at, last_at: one.last_seen_at, calls: one.requests ?? 0 }))
          : (token.rotation?.new_users ?? [])}
        empty={item?.partial ? texts.partial : t.notUsed}
      />
      {token.dead_uses && token.dead_uses.length > 0 && (
        <>
          <h3>{t.deadUses}</h3>
          <Places of={token.dead_uses} empty={t.notUsed} />
        </>
      )}
    </Section>
  );
}

interface Place {
  address: string;
  user_agent: string;
  first_at?: string | null | undefined;
  last_at?: string | null | undefined;
  calls: number;
}

function Places({ of, empty }: { of: Place[]; empty: string }) {
  if (of.length === 0) return <p className="quiet">{empty}</p>;
  return (
    <div className="small-table" tabIndex={0} role="region" aria-label={t.use}>
      <table>
        <thead>
          <tr><th scope="col">{t.agent}</th><th scope="col">{t.address}</th><th scope="col">{t.last}</th><th scope="col">{t.first}</th><th scope="col" className="right">{t.calls}</th></tr>
        </thead>
        <tbody>
          {of.map((place) => (
            <tr key={place.address + place.user_agent}>
              <td>{place.user_agent}</td>
              <td><code>{place.address}</code></td>
              <td><When at={place.last_at} /></td>
              <td><When at={place.first_at} /></td>
              <td className="right">{place.calls.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

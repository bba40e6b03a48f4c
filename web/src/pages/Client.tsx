import { useState } from 'react';
import { call } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { FormAction, TextField } from '../parts/FormAction.tsx';
import { HandOverToken } from '../parts/HandOver.tsx';
import { useMay } from '../parts/me.tsx';
import { showSecret } from '../parts/Secrets.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { Timeline } from '../parts/Timeline.tsx';
import { commandLine, Commands, Facts, Loaded, Page, Section, State, Words } from '../parts/ui.tsx';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type Row = Schemas['Client'];
const t = texts.clients;
const c = texts.tokens;

export function Client({ id }: { id: string }) {
  const client = useLive('showClient', { at: { client: id } }, 10_000);
  const one = client.data;
  return (
    <Page title={one?.name ?? id} lede={one && <><Link to={pathOf('accounts', one.account)}>{one.account}</Link> · <code>{one.client_id}</code></>} actions={one && <Actions of={one} />}>
      <Loaded of={client}>
        {(shown) => (
          <>
            <Facts
              of={[
                [c.state, <><State is={shown.state} />{shown.pause_reason && ` ${shown.pause_reason}`}</>],
                [c.expires, <Expiry at={shown.expires_at} full />],
                [c.lastUsed, <When at={shown.last_used_at} full />],
                [c.owner, shown.owner],
                [c.created, <When at={shown.created_at} full />],
                [t.auth, t.authWords[shown.auth] ?? shown.auth],
                [c.rotates, shown.rotate_every],
                [c.overlap, shown.overlap],
                [c.allowIps, shown.allow_ips.length > 0 ? <Words of={shown.allow_ips} /> : c.anywhere],
                [c.rate, shown.rate],
              ]}
            />
            <Section title={c.boundary}>
              <Facts of={[[c.scopes, <Words of={shown.scopes} />], [texts.accounts.role, shown.role]]} />
              <ul className="lines">
                {shown.boundary.map((entry) => (
                  <li key={entry.resource_id + entry.resource}><State is={entry.state} /><span className="grow"><strong>{entry.resource}</strong> {entry.role}</span></li>
                ))}
              </ul>
            </Section>
            <Section title={c.secrets} count={shown.secrets.length}>
              {shown.secrets.length === 0 ? <p className="quiet">{t.keysOnly}</p> : (
                <ul className="lines">
                  {shown.secrets.map((secret) => (
                    <li key={secret.id}>
                      <State is={secret.state} />
                      <code className="grow">{secret.id}</code>
                      <span className="quiet">{c.created} <When at={secret.created_at} /></span>
                      {secret.first_used_at && <span className="quiet">{c.firstUsed} <When at={secret.first_used_at} /></span>}
                      {secret.ends_at && <span>{c.endsAt} <Expiry at={secret.ends_at} /></span>}
                    </li>
                  ))}
                </ul>
              )}
            </Section>
            <Timeline target={shown.id} title={c.timeline} />
            <Commands of={[{ label: texts.commands.show, text: commandLine(['client', 'show', shown.client_id]) }]} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** While there is a successor: one that nobody has used is thrown away, one that is in use ends. */
function RollBack({ of: one }: { of: Row }) {
  const pending = one.secrets.some((secret) => secret.state === 'pending');
  if (!pending && !one.secrets.some((secret) => secret.state === 'overlap')) return null;
  const t = texts.rotation;
  return (
    <Action
      label={t.back}
      about={pending ? t.backUnused : t.backInUse(0)}
      withReason
      {...(pending ? {} : { typed: one.name })}
      commands={(reason) => [{ label: t.back, text: commandLine(['token', 'rotation', 'roll-back', one.client_id], { reason }) }]}
      run={(reason) => call('rollBackRotation', { at: { token: one.client_id }, body: reason ? { reason } : {} })}
      done={t.rolledBack}
    />
  );
}

function Actions({ of: one }: { of: Row }) {
  const may = useMay();
  const [overlap, setOverlap] = useState('');
  const at = { client: one.client_id };
  if (one.state === 'revoked' || one.state === 'expired') return null;
  return (
    <>
      {may('rotateClient') && one.secrets.length > 0 && (
        <FormAction
          name="rotate"
          label={texts.rotation.rotate}
          about={t.rotateAbout}
          commands={[{ label: texts.rotation.rotate, text: commandLine(['client', 'rotate', one.client_id], { overlap }) }]}
          run={() => call('rotateClient', { at, body: overlap ? { overlap } : {} })}
          onDone={(made) => made.client_secret && showSecret({ title: t.made, secret: made.client_secret, name: made.name, clientId: made.client_id, base: `/ex/jira/${made.resources[0]?.split('/')[0] ?? 'SITE'}`, path: '/rest/api/3/project/search' })}
        >
          <TextField label={c.overlap} value={overlap} set={setOverlap} placeholder={one.overlap} hint={texts.rotation.overlapHint} />
        </FormAction>
      )}
      {may('rollBackRotation') && <RollBack of={one} />}
      <HandOverToken token={one} />
      {may('revokeClient') && (
        <Action label={c.revoke} about={t.revokeAbout} withReason typed={one.name} commands={(reason) => [{ label: c.revoke, text: commandLine(['client', 'revoke', one.client_id], { reason }) }]} run={(reason) => call('revokeClient', { at, body: reason ? { reason } : {} })} done={c.revoked} />
      )}
    </>
  );
}

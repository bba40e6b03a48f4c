import { call } from '../api/client.ts';
import { useList, useLive } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { HandOverAll } from '../parts/HandOver.tsx';
import { useMay, useMe } from '../parts/me.tsx';
import { When } from '../parts/Time.tsx';
import { Timeline } from '../parts/Timeline.tsx';
import { commandLine, Commands, Facts, Loaded, Page, Section, State, Words } from '../parts/ui.tsx';
import { applyForm } from '../parts/yaml.ts';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { WhatIf } from './Blast.tsx';

type Row = Schemas['User'];
const t = texts.people;

export function Person({ id }: { id: string }) {
  const person = useLive('showUser', { at: { user: id } });
  return (
    <Page title={person.data?.name ?? id} lede={person.data?.email} actions={person.data && <><WhatIf kind="user" name={person.data.email} /><Actions of={person.data} /></>}>
      <Loaded of={person}>
        {(one) => (
          <>
            <Facts
              of={[
                [t.state, <><State is={one.state} />{one.pause_reason && ` ${one.pause_reason}`}</>],
                [t.role, texts.roles[one.role] ?? one.role],
                [t.resources, one.resources.length > 0 && <Words of={one.resources} />],
                [t.created, <When at={one.created_at} full />],
              ]}
            />
            <Answers person={one} />
            <Timeline target={one.id} title={t.timeline} />
            <Commands
              of={[
                { label: texts.commands.show, text: commandLine(['user', 'show', one.email]) },
                { label: texts.commands.yaml, text: applyForm('users', { email: one.email, name: one.name, role: one.role, resources: one.resources }) },
              ]}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ of: one }: { of: Row }) {
  const may = useMay();
  const me = useMe();
  const at = { user: one.email };
  if (one.state === 'suspended') {
    if (!may('restoreUser')) return null;
    return (
      <>
        <HandOverAll person={one} />
        <Action label={t.restore} about="" commands={() => [{ label: t.title, text: commandLine(['user', 'restore', one.email]) }]} run={() => call('restoreUser', { at })} done={t.restored} />
      </>
    );
  }
  if (!may('suspendUser') || one.email === me.user) return null;
  return (
    <>
      <HandOverAll person={one} />
      <Action
        label={t.suspend}
        about={t.suspendAbout}
        withReason
        typed={one.email}
        commands={(reason) => [{ label: t.title, text: commandLine(['user', 'suspend', one.email], { reason }) }]}
        run={(reason) => call('suspendUser', { at, body: reason ? { reason } : {} })}
        done={t.suspended}
      />
    </>
  );
}

function Answers({ person }: { person: Row }) {
  const accounts = useList('listAccounts', { owner: person.email });
  const wake = useLive('reportWake', { query: { user: person.email } }, 60_000);
  return (
    <>
      <Section title={t.accounts} count={accounts.data?.length ?? 0}>
        <Loaded of={accounts}>
          {(all) => all.length === 0 ? <p className="quiet">{t.noAccounts}</p> : (
            <ul className="lines">
              {all.map((one) => (
                <li key={one.id}>
                  <State is={one.state} />
                  <span className="grow"><Link to={pathOf('accounts', one.handle)}>{one.handle}</Link> <span className="quiet">{one.purpose}</span></span>
                  <span className="quiet">{one.owner === person.email ? texts.accounts.owner : texts.accounts.deputy}</span>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </Section>
      <Section title={t.wake}>
        <Loaded of={wake}>
          {(report) => report.items.length === 0 ? <p className="quiet">{t.wakeNone}</p> : (
            <ul className="lines">
              {report.items.map((item) => (
                <li key={item.kind + item.id}>
                  <span className="grow">{item.kind === 'token' ? <Link to={pathOf('tokens', item.id)}>{item.name}</Link> : item.name} <span className="quiet">{item.account}</span></span>
                  <span className="quiet">{item.stops}</span>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </Section>
    </>
  );
}

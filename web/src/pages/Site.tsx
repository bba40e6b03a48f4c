import { call } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { useMay } from '../parts/me.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { Timeline } from '../parts/Timeline.tsx';
import { toast } from '../parts/Toasts.tsx';
import { commandLine, Commands, Facts, Loaded, Outside, Page, Section, State } from '../parts/ui.tsx';
import { applyForm } from '../parts/yaml.ts';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { WhatIf } from './Blast.tsx';

type Row = Schemas['Site'];
const t = texts.sites;

export function Site({ id }: { id: string }) {
  const site = useLive('showSite', { at: { site: id } });
  return (
    <Page title={site.data?.key ?? id} lede={site.data && <>{site.data.product} · <Outside to={site.data.url} /></>} actions={site.data && <><WhatIf kind="site" name={site.data.key} /><Actions of={site.data} /></>}>
      <Loaded of={site}>
        {(one) => (
          <>
            <Facts
              of={[
                [t.state, <><State is={one.state} />{one.pause_reason && ` ${one.pause_reason}`}{one.paused_until && <> · <When at={one.paused_until} /></>}</>],
                [t.host, one.host],
                [t.cloudId, one.cloud_id],
                [t.created, <When at={one.created_at} full />],
              ]}
            />
            <Credentials site={one} />
            <Timeline target={one.id} title={t.timeline} />
            <Commands
              of={[
                { label: texts.commands.show, text: commandLine(['site', 'show', one.key]) },
                { label: texts.commands.yaml, text: applyForm('sites', { key: one.key, host: one.host, cloud_id: one.cloud_id }) },
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
  const at = { site: one.key };
  const command = (verb: string, reason = '') => [{ label: t.title, text: commandLine(['site', verb, one.key], { reason }) }];
  const resume = () => call('resumeSite', { at });
  const test = async () => {
    const said = await call('testSite', { at });
    toast(t.tested(said.ok, said.detail));
  };
  return (
    <>
      {may('testSite') && <Action label={t.test} about={t.testAbout} commands={() => command('test')} run={test} />}
      {one.state === 'paused' && may('resumeSite') && <Action label={texts.accounts.resume} about="" commands={() => command('resume')} run={resume} done={texts.accounts.resumed} undo={() => call('pauseSite', { at, body: {} })} />}
      {one.state === 'live' && may('pauseSite') && (
        <Action label={texts.accounts.pause} about={t.pauseAbout} withReason typed={one.key} commands={(reason) => command('pause', reason)} run={(reason) => call('pauseSite', { at, body: reason ? { reason } : {} })} done={texts.accounts.paused} undo={resume} />
      )}
      {may('removeSite') && <Action label={t.remove} about={t.removeAbout} typed={one.key} commands={() => command('remove')} run={() => call('removeSite', { at })} done={t.removed} />}
    </>
  );
}

function Credentials({ site }: { site: Row }) {
  const all = site.credentials ?? [];
  return (
    <Section title={t.credentials} count={all.length}>
      {all.length === 0 ? <p className="quiet">{t.noCredentials}</p> : (
        <ul className="lines">
          {all.map((one) => (
            <li key={one.id}>
              <State is={one.state} />
              <span className="grow">{one.auth} {one.username && <code>{one.username}</code>} <span className="quiet">{one.account ? <Link to={pathOf('accounts', one.account)}>{one.account}</Link> : t.own}</span></span>
              {one.owner && <span className="quiet">{t.owner} {one.owner}</span>}
              <span>{t.expires} <Expiry at={one.expires_at} none={t.unknown} /></span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

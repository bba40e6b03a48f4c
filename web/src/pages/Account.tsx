import { call } from '../api/client.ts';
import { useList, useLive } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { HandOverAccount } from '../parts/HandOver.tsx';
import { Hours } from '../parts/Hours.tsx';
import { useMay } from '../parts/me.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { Usage } from '../parts/Usage.tsx';
import { Timeline } from '../parts/Timeline.tsx';
import { commandLine, Commands, Facts, Loaded, Outside, Page, Section, State, Words } from '../parts/ui.tsx';
import { applyForm } from '../parts/yaml.ts';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { WhatIf } from './Blast.tsx';

type Row = Schemas['Account'];
const t = texts.accounts;

export function Account({ id }: { id: string }) {
  const account = useLive('showAccount', { at: { account: id } });
  return (
    <Page title={account.data?.handle ?? id} lede={account.data?.purpose} actions={account.data && <><WhatIf kind="account" name={account.data.handle} /><Actions of={account.data} /></>}>
      <Loaded of={account}>
        {(one) => (
          <>
            <Facts
              of={[
                [t.state, <><State is={one.state} />{one.pause_reason && ` ${one.pause_reason}`}{one.paused_until && <> · <When at={one.paused_until} /></>}</>],
                [t.owner, one.owner],
                [t.deputy, one.deputy ?? <span className="quiet">{texts.none}</span>],
                [t.runsIn, one.runs_in],
                [t.criticality, one.criticality],
                [t.created, <When at={one.created_at} full />],
                [t.external, one.external && texts.tokens.yes],
              ]}
            />
            <Used account={one} />
            <Tokens account={one} />
            <Grants account={one} />
            <Entry account={one} />
            <Timeline target={one.id} title={t.timeline} />
            <Commands of={commandsOf(one)} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function commandsOf(one: Row) {
  return [
    { label: texts.commands.show, text: commandLine(['account', 'show', one.handle]) },
    {
      label: texts.commands.yaml,
      text: applyForm('accounts', {
        handle: one.handle, owner: one.owner, deputy: one.deputy, purpose: one.purpose, runs_in: one.runs_in, tool: one.tool, repository: one.repository,
        job: one.job, link: one.link, declared_sites: one.declared_sites, declared_resources: one.declared_resources, declared_scopes: one.declared_scopes,
        docs: one.docs, runbook: one.runbook, rotation_plan: one.rotation_plan, rotate_every: one.rotate_every, expected_every: one.expected_every,
        criticality: one.criticality,
      }),
    },
  ];
}

function Actions({ of: one }: { of: Row }) {
  const may = useMay();
  const at = { account: one.handle };
  const command = (verb: string, reason = '') => [{ label: t.title, text: commandLine(['account', verb, one.handle], { reason }) }];
  const resume = () => call('resumeAccount', { at });
  if (one.state === 'archived') return null;
  return (
    <>
      {one.state === 'paused' && may('resumeAccount') && <Action label={t.resume} about="" commands={() => command('resume')} run={resume} done={t.resumed} undo={() => call('pauseAccount', { at, body: {} })} />}
      {one.state === 'live' && may('pauseAccount') && (
        <Action label={t.pause} about={t.pauseAbout} withReason commands={(reason) => command('pause', reason)} run={(reason) => call('pauseAccount', { at, body: reason ? { reason } : {} })} done={t.paused} undo={resume} />
      )}
      <HandOverAccount account={one} />
      {may('archiveAccount') && (
        <Action label={t.archive} about={t.archiveAbout} withReason typed={one.handle} commands={(reason) => command('archive', reason)} run={(reason) => call('archiveAccount', { at, body: reason ? { reason } : {} })} done={t.archived} />
      )}
    </>
  );
}

function Used({ account }: { account: Row }) {
  const usage = useLive('accountUsage', { at: { account: account.handle } }, 30_000);
  return usage.problem?.status === 403 ? null : <Section title={t.use}><Usage of={usage} /></Section>;
}

function Tokens({ account }: { account: Row }) {
  const tokens = useList('listTokens', { account: account.handle });
  return (
    <Section title={t.tokens} count={tokens.data?.length ?? 0}>
      <Loaded of={tokens}>
        {(all) => all.length === 0 ? <p className="quiet">{t.noTokens}</p> : (
          <ul className="lines">
            {all.map((token) => (
              <li key={token.id}>
                <State is={token.state} />
                <span className="grow"><Link to={pathOf('tokens', token.id)}>{token.name}</Link> <Words of={token.resources} /></span>
                <Expiry at={token.expires_at} />
                <span className="quiet">{texts.tokens.lastUsed} <When at={token.last_used_at} /></span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function Grants({ account }: { account: Row }) {
  const may = useMay();
  const grants = useList('listGrants', { account: account.handle });
  return (
    <Section title={t.grants} count={grants.data?.length ?? 0}>
      <Loaded of={grants}>
        {(all) => all.length === 0 ? <p className="quiet">{t.noGrants}</p> : (
          <ul className="lines">
            {all.map((grant) => (
              <li key={grant.id}>
                <State is={grant.state === 'live' ? grant.backing : grant.state} />
                <span className="grow"><strong>{grant.resource}</strong> {grant.role && <span>{grant.role}</span>} <Words of={grant.scopes} /></span>
                {grant.granted_by && <span className="quiet">{t.by} {grant.granted_by}</span>}
                {grant.state === 'paused' && may('resumeGrant') && <Action label={t.resumeGrant} about="" commands={() => [{ label: t.grants, text: commandLine(['grant', 'resume', grant.id]) }]} run={() => call('resumeGrant', { at: { grant: grant.id } })} done={t.resumed} undo={() => call('pauseGrant', { at: { grant: grant.id }, body: {} })} />}
                {grant.state === 'live' && may('pauseGrant') && (
                  <Action
                    label={t.pauseGrant}
                    about={t.pauseGrantAbout}
                    withReason
                    commands={(reason) => [{ label: t.grants, text: commandLine(['grant', 'pause', grant.id], { reason }) }]}
                    run={(reason) => call('pauseGrant', { at: { grant: grant.id }, body: reason ? { reason } : {} })}
                    done={t.paused}
                    undo={() => call('resumeGrant', { at: { grant: grant.id } })}
                  />
                )}
                {may('removeGrant') && grant.state !== 'removed' && (
                  <Action
                    label={t.removeGrant}
                    about={t.removeGrantAbout}
                    withReason
                    commands={(reason) => [{ label: t.grants, text: commandLine(['grant', 'remove', grant.id], { reason }) }]}
                    run={(reason) => call('removeGrant', { at: { grant: grant.id }, query: reason ? { reason } : {} })}
                    done={t.grantRemoved}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}

function Entry({ account }: { account: Row }) {
  const may = useMay();
  const entry = useLive('showRegisterEntry', may('showRegisterEntry') ? { at: { account: account.handle } } : undefined, 60_000);
  const declared: Array<[string, readonly string[]]> = [[texts.sites.title, account.declared_sites], [texts.tokens.resources, account.declared_resources], [t.scopes, account.declared_scopes]];
  return (
    <Section title={t.register}>
      <Facts
        of={[
          [t.tool, account.tool],
          [t.repository, account.repository && <Outside to={account.repository} />],
          [t.job, account.job],
          [t.link, account.link && <Outside to={account.link} />],
          [t.docs, account.docs && <Outside to={account.docs} />],
          [texts.tonight.runbook, account.runbook && <Outside to={account.runbook} />],
          [t.rotationPlan, account.rotation_plan],
          [texts.tokens.rotates, account.rotate_every],
          [t.expectedEvery, account.expected_every],
        ]}
      />
      {entry.data && (
        <div className="columns">
          <div className="card">
            <h3>{t.declared}</h3>
            <Facts of={declared.map(([name, all]) => [name, <Words of={all} />])} />
          </div>
          <div className="card">
            <h3>{t.observed}</h3>
            {entry.data.observed.requests === 0 ? <p className="quiet">{t.notObserved}</p> : (
              <>
                <Facts
                  of={[
                    [texts.sites.title, <Words of={entry.data.observed.sites} />],
                    [texts.tokens.resources, <Words of={entry.data.observed.resources} />],
                    [t.scopes, <Words of={entry.data.observed.scopes} />],
                    [texts.tokens.allowIps, <Words of={entry.data.observed.addresses} />],
                    [t.tools, <Words of={entry.data.observed.user_agents} />],
                    [t.requests, t.requestsOf(entry.data.observed.requests, entry.data.observed.refused)],
                    [texts.tokens.lastUsed, <When at={entry.data.observed.last_used_at} />],
                  ]}
                />
                <Hours of={entry.data.observed.hours} />
              </>
            )}
          </div>
        </div>
      )}
    </Section>
  );
}

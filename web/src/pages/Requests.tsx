// What waits for somebody: approvals of a second person, tokens that were made for one, accounts that are offered.
import { useState } from 'react';
import { call } from '../api/client.ts';
import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { Action } from '../parts/Action.tsx';
import { FormAction, TextField } from '../parts/FormAction.tsx';
import { useMay, useMe } from '../parts/me.tsx';
import { showSecret } from '../parts/Secrets.tsx';
import { Expiry, When } from '../parts/Time.tsx';
import { commandLine, Commands, Facts, Loaded, Page, Section, State, Words } from '../parts/ui.tsx';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type Approval = Schemas['Approval'];
const t = texts.requests;

export function Requests() {
  const approvals = useList('listApprovals', {});
  const handovers = useList('listHandovers', {});
  const offers = useList('listOffers', {});
  const nothing = [approvals, handovers, offers].every((one) => one.data?.length === 0);
  return (
    <Page title={t.title} lede={t.lede}>
      {nothing && <div className="calm"><p className="calm-title"><span aria-hidden="true">☾</span> {t.calm}</p></div>}
      <Section title={t.approvals} count={approvals.data?.length}>
        <Loaded of={approvals}>
          {(all) => (all.length === 0 ? <p className="quiet">{t.approvalsNone}</p> : <>{all.map((one) => <Waiting key={one.id} of={one} />)}</>)}
        </Loaded>
        <Decided />
      </Section>
      <Section title={t.handovers} count={handovers.data?.length}>
        <Loaded of={handovers}>
          {(all) => all.length === 0 ? <p className="quiet">{t.handoversNone}</p> : <ul className="lines">{all.map((one) => <Handover key={one.id} of={one} />)}</ul>}
        </Loaded>
      </Section>
      <Section title={t.offers} count={offers.data?.length}>
        <Loaded of={offers}>
          {(all) => all.length === 0 ? <p className="quiet">{t.offersNone}</p> : <ul className="lines">{all.map((one) => <Offer key={one.id} of={one} />)}</ul>}
        </Loaded>
      </Section>
      <Commands
        of={[
          { label: t.approvals, text: commandLine(['approval', 'list']) },
          { label: t.handovers, text: commandLine(['token', 'handovers']) },
          { label: t.offers, text: commandLine(['account', 'offers']) },
        ]}
      />
    </Page>
  );
}

function Waiting({ of: one }: { of: Approval }) {
  const may = useMay();
  const me = useMe();
  const own = one.asked_by === me.user;
  return (
    <article className="end">
      <div className="end-head">
        <div>
          <h3>{one.kind === 'token' ? <Link to={pathOf('tokens', one.subject_id)}>{one.name}</Link> : one.name}</h3>
          <p className="quiet">{t.asks(one.asked_by)} <When at={one.asked_at} /></p>
        </div>
        <div className="end-side"><span className="quiet">{t.lapses} <Expiry at={one.expires_at} /></span></div>
      </div>
      <Facts of={[[t.kind, one.kind], [t.account, <Link to={pathOf('accounts', one.account)}>{one.account}</Link>], [t.scopes, <Words of={one.scopes} />], [t.resources, <Words of={one.resources} />]]} />
      {own ? <p className="note">{t.own}</p> : may('approve') && <Decide of={one} />}
    </article>
  );
}

function Decide({ of: one }: { of: Approval }) {
  const [why, setWhy] = useState('');
  const at = { approval: one.id };
  return (
    <div className="actions moves">
      <Action
        label={t.approve}
        about={t.approveAbout}
        withReason
        commands={(reason) => [{ label: t.approve, text: commandLine(['approval', 'approve', one.id], { reason }) }]}
        run={(reason) => call('approve', { at, body: reason ? { reason } : {} })}
        done={t.approved}
      />
      <FormAction
        label={t.deny}
        severe
        about={t.denyAbout}
        commands={[{ label: t.deny, text: commandLine(['approval', 'deny', one.id], { reason: why }) }]}
        run={() => call('deny', { at, body: { reason: why } })}
        done={t.denied}
        disabled={why.trim() === ''}
      >
        <TextField label={t.why} value={why} set={setWhy} maxLength={200} required />
      </FormAction>
    </div>
  );
}

function Decided() {
  const [open, setOpen] = useState(false);
  const decided = useList('listApprovals', open ? { decided: true } : undefined);
  return (
    <details className="commands" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.decided}</summary>
      {open && (
        <Loaded of={decided}>
          {(all) => {
            const over = all.filter((one) => one.decision !== 'open');
            return over.length === 0 ? <p className="quiet">{t.decidedNone}</p> : (
              <ul className="lines">
                {over.map((one) => (
                  <li key={one.id}>
                    <State is={one.decision} />
                    <span className="grow"><strong>{one.name}</strong> {one.account} {one.reason && <span className="quiet">{one.reason}</span>}</span>
                    <span className="quiet">{one.decided_by && `${t.by} ${one.decided_by} `}<When at={one.decided_at} none="" /></span>
                  </li>
                ))}
              </ul>
            );
          }}
        </Loaded>
      )}
    </details>
  );
}

function show(taken: Schemas['TakenToken']) {
  const wiki = taken.scopes.some((scope) => scope.includes('confluence'));
  const base = `/ex/${wiki ? 'confluence' : 'jira'}/${taken.resources[0]?.split('/')[0] ?? 'SITE'}`;
  showSecret({ title: taken.name, secret: taken.token, name: taken.name, base, path: wiki ? '/wiki/api/v2/spaces' : '/rest/api/3/project/search' });
}

function Handover({ of: one }: { of: Schemas['WaitingHandover'] }) {
  return (
    <li>
      <span className="grow">
        <Link to={pathOf('tokens', one.token_id)}>{one.name}</Link> <span className="quiet">{t.forWhom} {one.for}{one.outsider && `, ${t.outsider}`} · {t.madeBy} {one.made_by}</span>
      </span>
      <span className="quiet">{t.ends} <Expiry at={one.expires_at} /></span>
      {one.yours && (
        <FormAction label={t.take} main about={t.takeAbout} commands={[{ label: t.take, text: commandLine(['token', 'take', one.id]) }]} run={() => call('takeToken', { at: { handover: one.id } })} onDone={show}>
          {null}
        </FormAction>
      )}
    </li>
  );
}

function Offer({ of: one }: { of: Schemas['Offer'] }) {
  const me = useMe();
  const mine = one.to === me.user;
  const at = { offer: one.id };
  return (
    <li>
      <span className="grow"><strong>{one.account}</strong> <span className="quiet">{t.from} {one.from} {t.to} {one.to}</span></span>
      <span className="quiet"><Expiry at={one.expires_at} /></span>
      {mine && <Action label={t.accept} about={t.acceptAbout} commands={() => [{ label: t.accept, text: commandLine(['account', 'accept', one.id]) }]} run={() => call('acceptOffer', { at })} done={t.accepted} />}
      <Action label={mine ? t.decline : t.withdraw} about={t.declineAbout} commands={() => [{ label: t.decline, text: commandLine(['account', 'decline', one.id]) }]} run={() => call('declineOffer', { at })} done={mine ? t.declined : t.withdrawn} {...(mine ? {} : { undo: () => call('offerAccount', { at: { account: one.account }, body: { to: one.to } }) })} />
    </li>
  );
}

// How people are told: webhooks, mail, tests. Calendars are on the calendar's page; the ladder is in the policies.
import { call } from '../api/client.ts';
import { useList } from '../api/live.ts';
import { Action } from '../parts/Action.tsx';
import { AskAction, ShownOnce, type Values } from '../parts/AskAction.tsx';
import { useMay, useMe } from '../parts/me.tsx';
import { When } from '../parts/Time.tsx';
import { toast } from '../parts/Toasts.tsx';
import { commandLine, Commands, Loaded, Page, Section, State, Words } from '../parts/ui.tsx';
import { Link } from '../router.ts';
import { texts } from '../texts.ts';

const t = texts.channels;
type Form = 'standard' | 'slack' | 'teams';
type Digest = 'none' | 'hourly' | 'daily';

const words = (text: string) => text.split(',').map((one) => one.trim()).filter(Boolean);

export function Channels() {
  const may = useMay();
  return (
    <Page title={t.title} lede={t.lede} actions={may('testNotify') && <Test />}>
      <Webhooks />
      {may('setDigest') && <Mail />}
      <p className="quiet remark">
        <Link to="/policies">{t.ladder}</Link> · <Link to="/calendar">{t.calendars}</Link>
      </p>
    </Page>
  );
}

function Test() {
  const command = ({ to }: Values) => [{ label: t.test, text: commandLine(['notify', 'test'], { to: to ?? null }) }];
  return <AskAction label={t.test} about={texts.notifications.testAbout} fields={[{ name: 'to', label: t.to }]} commands={command} run={({ to }) => call('testNotify', { body: to ? { to } : {} }).then(() => null)} done={t.tested} />;
}

function Webhooks() {
  const may = useMay();
  const all = useList('listWebhooks', {}, 1000, 30_000);
  const add = async ({ name, url, form, kinds }: Values) => {
    const made = await call('addWebhook', { body: { name: name!, url: url!, form: form as Form, ...(kinds ? { kinds: words(kinds) } : {}) } });
    return made.secret && <ShownOnce title={t.secret} about={t.secretAbout} text={made.secret} />;
  };
  const fields = [
    { name: 'name', label: t.name, required: true },
    { name: 'url', label: t.url, hint: 'https://…', required: true },
    { name: 'form', label: t.form, choices: Object.entries(t.forms) },
    { name: 'kinds', label: t.kinds, hint: t.kindsHint },
  ];
  return (
    <Section
      title={t.webhooks}
      count={all.data?.length ?? 0}
      aside={may('addWebhook') && <AskAction label={t.add} about={null} fields={fields} commands={({ name, url, form, kinds }) => [{ label: t.add, text: commandLine(['notify', 'webhook', 'add', name || 'NAME'], { url: url || 'https://…', form: form ?? null, kinds: kinds ? words(kinds).join(',') : null }) }]} run={add} done={t.added} />}
    >
      <Loaded of={all}>
        {(hooks) => hooks.length === 0 ? <p className="quiet">{t.noWebhooks}</p> : (
          <ul className="lines">
            {hooks.map((one) => {
              const at = { webhook: one.name };
              return (
                <li key={one.id}>
                  <State is={one.state} />
                  <span className="grow"><strong>{one.name}</strong> <span className="quiet">{one.origin} · {t.forms[one.form as Form] ?? one.form}</span>{one.reason && <span className="quiet"> · {one.reason}</span>}</span>
                  <Words of={one.kinds} none={t.everything} />
                  <span className="quiet"><When at={one.created_at} /></span>
                  {one.state === 'disabled' && may('resumeWebhook') && <Action label={t.resume} about="" commands={() => [{ label: t.resume, text: commandLine(['notify', 'webhook', 'resume', one.name]) }]} run={() => call('resumeWebhook', { at })} done={t.resumed} />}
                  {may('removeWebhook') && <Action label={t.remove} about={t.removeAbout} typed={one.name} commands={() => [{ label: t.remove, text: commandLine(['notify', 'webhook', 'remove', one.name]) }]} run={() => call('removeWebhook', { at })} done={t.removed} />}
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
      <Commands of={[{ label: texts.commands.sameList, text: commandLine(['notify', 'webhook', 'list']) }]} />
    </Section>
  );
}

function Mail() {
  const me = useMe();
  const set = async ({ user, digest }: Values) => {
    const said = await call('setDigest', { body: { user: user!, digest: digest as Digest } });
    toast(t.digestSet(said.user, t.digests[said.digest as Digest] ?? said.digest));
    return null;
  };
  const fields = [
    { name: 'user', label: t.whose, value: me.user, required: true },
    { name: 'digest', label: t.digest, choices: Object.entries(t.digests) },
  ];
  return (
    <Section
      title={t.mail}
      aside={<AskAction label={t.set} title={t.mail} about={t.mailAbout} fields={fields} commands={({ user, digest }) => [{ label: t.mail, text: commandLine(['notify', 'digest', digest ?? 'none'], { user: user ?? null }) }]} run={set} done={texts.policyRules.changed} />}
    >
      <p className="quiet">{t.mailAbout}</p>
    </Section>
  );
}

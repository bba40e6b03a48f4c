// Reads the register from a file: first what it would change, then the change.
import { call } from '../api/client.ts';
import type { Schemas } from '../api/types.ts';
import { AskAction, type Values } from '../parts/AskAction.tsx';
import { useMay } from '../parts/me.tsx';
import { commandLine, Facts, Words } from '../parts/ui.tsx';
import { texts } from '../texts.ts';

const t = texts.register;
type What = keyof typeof t.whats;

async function read({ what, text, how }: Values) {
  const dry = how !== 'do';
  if (what === 'atlassian') return <Listing of={await call('importAtlassianCsv', { body: { text: text!, dry_run: dry } })} />;
  return <Outcome of={await call('importRegister', { body: { text: text!, format: what as Exclude<What, 'atlassian'>, dry_run: dry } })} />;
}

function commands({ what, how }: Values) {
  const more = { 'dry-run': how !== 'do' };
  return [
    { label: t.read, text: what === 'atlassian' ? commandLine(['register', 'import'], { 'atlassian-csv': 'FILE', ...more }) : commandLine(['register', 'import', `register.${what}`], more) },
    { label: t.apiHint, text: commandLine(['register', 'import'], { 'from-atlassian': true, org: 'ID', ...more }) },
  ];
}

export function ReadFile() {
  const may = useMay();
  if (!may('importRegister')) return null;
  return (
    <AskAction
      label={t.read}
      about={t.readAbout}
      fields={[
        { name: 'what', label: t.what, choices: Object.entries(t.whats) },
        { name: 'text', label: t.text, long: true, file: '.csv,.json,.yaml,.yml', required: true },
        { name: 'how', label: t.how, choices: Object.entries(t.hows) },
      ]}
      commands={commands}
      run={read}
      done={t.readDone}
      finish={texts.close}
    />
  );
}

const said = (dry: boolean) => <p><strong>{dry ? t.tried : t.wasDone}</strong></p>;
const number = (one: number) => (one > 0 ? one.toLocaleString('en') : null);

function Outcome({ of }: { of: Schemas['RegisterImport'] }) {
  const c = t.counts;
  return (
    <>
      {said(of.dry_run)}
      <Facts
        of={[
          [c.created, of.created.length > 0 && <Words of={of.created} />],
          [c.changed, of.changed.length > 0 && <ul>{of.changed.map((one) => <li key={one.account}><code>{one.account}</code> {one.fields.join(', ')}</li>)}</ul>],
          [c.unchanged, of.unchanged.toLocaleString('en')],
          [c.credentials, number(of.credentials_added)],
          [c.credentialsChanged, number(of.credentials_changed)],
          [c.aside, number(of.credentials_left_aside)],
        ]}
      />
    </>
  );
}

function Listing({ of }: { of: Schemas['ListingImport'] }) {
  const c = t.counts;
  return (
    <>
      {said(of.dry_run)}
      <Facts of={[[c.read, of.tokens_read.toLocaleString('en')], [c.added, number(of.added)], [c.updated, number(of.updated)], [c.unchanged, number(of.unchanged)], [c.vanished, number(of.vanished)], [c.returned, number(of.returned)]]} />
      {of.notes.length > 0 && <ul>{of.notes.map((one) => <li key={one}>{one}</li>)}</ul>}
    </>
  );
}

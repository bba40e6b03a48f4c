// What the organization demands: each rule with what it means, and a dialog that changes it; and where somebody is stricter.
import { call } from '../api/client.ts';
import { useList, useLive } from '../api/live.ts';
import type { Operations, Schemas } from '../api/types.ts';
import { AskAction, type Field } from '../parts/AskAction.tsx';
import { useMay } from '../parts/me.tsx';
import { commandLine, Commands, Loaded, Page, Section } from '../parts/ui.tsx';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';

type Policy = Schemas['Policy'];
type Rule = keyof NonNullable<Operations['setPolicy']['body']>;
type NarrowRule = 'longest-lifetime' | 'permanent-tokens' | 'required-fields' | 'approval-scopes';
const t = texts.policies;
const r = texts.policyRules;

const kGroups: Array<[keyof typeof r.groups, Rule[]]> = [
  ['tokens', ['service-accounts', 'longest-lifetime', 'permanent-tokens', 'required-fields']],
  ['rotation', ['longest-rotation', 'default-overlap', 'longest-overlap', 'self-rotation', 'reuse', 'freeze-windows']],
  ['people', ['grace', 'approval-scopes', 'approval-expires']],
  ['telling', ['notify-ladder', 'notify-escalate-after', 'notify-errors', 'notify-digest']],
  ['access', ['access-tokens', 'access-token-lifetime']],
  ['keeping', ['keep-usage-hours', 'keep-usage-days', 'keep-writes', 'keep-audit']],
];
const kChoices: Partial<Record<Rule, string[]>> = {
  'permanent-tokens': ['allowed', 'refused'],
  reuse: ['tell', 'pause'],
  'self-rotation': ['allowed', 'refused'],
  'notify-digest': ['none', 'hourly', 'daily'],
  'access-tokens': ['opaque', 'EdDSA', 'ES256'],
};
const kNarrow: NarrowRule[] = ['longest-lifetime', 'permanent-tokens', 'required-fields', 'approval-scopes'];

export function Policies() {
  const policy = useLive('showPolicy', {}, 60_000);
  return (
    <Page title={t.title} lede={t.lede}>
      <Loaded of={policy} lines={8}>
        {(all) => (
          <>
            {kGroups.map(([group, rules]) => (
              <Section key={group} title={r.groups[group]}>
                <ul className="lines rules">{rules.map((rule) => <RuleLine key={rule} rule={rule} policy={all} />)}</ul>
              </Section>
            ))}
            <p className="quiet remark">{r.upstream(all['upstream-credentials'])}</p>
            <Commands of={[{ label: texts.commands.show, text: commandLine(['policy', 'show']) }]} />
          </>
        )}
      </Loaded>
      <Narrow />
    </Page>
  );
}

function RuleLine({ rule, policy }: { rule: Rule; policy: Policy }) {
  const may = useMay();
  const value = String(policy[rule]);
  const name = r.names[rule] ?? rule;
  const choices = kChoices[rule];
  const field: Field = { name: 'value', label: name, value, hint: r.about[rule] ?? '', required: true, ...(choices ? { choices: choices.map((one) => [one, one] as const) } : {}), ...(rule === 'freeze-windows' ? { long: true } : {}) };
  return (
    <li>
      <span className="grow"><strong>{name}</strong> <span className="quiet rule-about">{r.about[rule]}</span></span>
      <span className="rule-value">
        {rule === 'service-accounts' ? r.used(policy['service-accounts-used'], value) : value.split(',').map((one) => <code key={one}>{one}</code>)}
      </span>
      {may('setPolicy') && (
        <AskAction
          label={r.change}
          title={name}
          about={null}
          fields={[field]}
          submit={r.save}
          commands={(values) => [{ label: rule, text: commandLine(['policy', 'set', rule, values.value ?? '']) }]}
          run={(values) => call('setPolicy', { body: { [rule]: values.value } }).then(() => null)}
          done={r.changed}
          undo={() => call('setPolicy', { body: { [rule]: value } })}
        />
      )}
    </li>
  );
}

function Narrow() {
  const may = useMay();
  const narrow = useList('listNarrowPolicies', {}, 1000, 60_000);
  const fields: Field[] = [
    { name: 'whose', label: r.narrowOf, choices: [['owner', r.narrowOwner], ['resource', r.narrowResource]] },
    { name: 'name', label: r.narrowOf, hint: `${r.ownerHint} / ${r.resourceHint}`, required: true },
    { name: 'rule', label: r.rule, choices: kNarrow.map((one) => [one, r.names[one] ?? one] as const) },
    { name: 'value', label: r.value, hint: kNarrow.map((one) => `${r.names[one]}: ${r.about[one]}`).join(' '), required: true },
  ];
  const command = (whose: string, name: string, rule: string, value: string) => [{ label: t.change, text: value ? commandLine(['policy', 'set', rule, value], { [whose]: name }) : `${commandLine(['policy', 'set', rule])} '' ${commandLine([], { [whose]: name }).slice('gatehouse '.length)}` }];
  const set = (whose: string, name: string, rule: string, value: string) => call('setNarrowPolicy', { body: { [whose]: name, [rule]: value } }).then(() => null);
  return (
    <Section
      title={t.narrow}
      aside={may('setNarrowPolicy') && <AskAction label={r.narrowAdd} about={t.narrow} fields={fields} submit={r.save} commands={(v) => command(v.whose!, v.name!, v.rule!, v.value!)} run={(v) => set(v.whose!, v.name!, v.rule!, v.value!)} done={r.changed} />}
    >
      <Loaded of={narrow}>
        {(all) => all.length === 0 ? <p className="quiet">{t.noNarrow}</p> : (
          <ul className="lines rules">
            {all.flatMap((one) => kNarrow.filter((rule) => one[rule]).map((rule) => {
              const [whose, name] = one.owner ? ['owner', one.owner] : ['resource', one.resource ?? ''];
              return (
                <li key={`${whose} ${name} ${rule}`}>
                  <span className="grow">{one.owner ? <Link to={pathOf('people', one.owner)}>{one.owner}</Link> : <strong>{name}</strong>} <span className="quiet">{r.names[rule]}</span></span>
                  <span className="rule-value">{one[rule]!.split(',').map((word) => <code key={word}>{word}</code>)}</span>
                  {may('setNarrowPolicy') && <AskAction label={r.takeAway} title={`${r.takeAway}: ${r.names[rule]}`} about={r.takeAwayAbout} fields={[]} commands={() => command(whose!, name!, rule, '')} run={() => set(whose!, name!, rule, '')} done={r.takenAway} undo={() => set(whose!, name!, rule, one[rule]!)} />}
                </li>
              );
            }))}
          </ul>
        )}
      </Loaded>
      <Commands of={[{ label: texts.commands.sameList, text: commandLine(['policy', 'list']) }]} />
    </Section>
  );
}

import { useList, useLive } from '../api/live.ts';
import { commandLine, Commands, Facts, Loaded, Page, Section } from '../parts/ui.tsx';
import { texts } from '../texts.ts';

const t = texts.policies;
const kCounts = new Set(['service-accounts-used', 'upstream-credentials']);

export function Policies() {
  const policy = useLive('showPolicy', {}, 60_000);
  const narrow = useList('listNarrowPolicies', {}, 1000, 60_000);
  return (
    <Page title={t.title} lede={t.lede}>
      <Section title={t.organization}>
        <Loaded of={policy}>
          {(all) => {
            const rules = Object.entries(all).filter(([name]) => !kCounts.has(name));
            return (
              <>
                <Facts of={rules.map(([name, value]) => [name, String(value)])} />
                <h3>{t.used}</h3>
                <Facts of={Object.entries(all).filter(([name]) => kCounts.has(name)).map(([name, value]) => [name, String(value)])} />
                <Commands of={[{ label: texts.commands.show, text: commandLine(['policy', 'show']) }, { label: t.change, text: commandLine(['policy', 'set', 'longest-lifetime', '90d']) }]} />
              </>
            );
          }}
        </Loaded>
      </Section>
      <Section title={t.narrow}>
        <Loaded of={narrow}>
          {(all) => all.length === 0 ? <p className="quiet">{t.noNarrow}</p> : all.map((one) => (
            <div className="card" key={`${one.owner} ${one.resource}`}>
              <h3>{one.owner ?? one.resource}</h3>
              <Facts of={Object.entries(one).filter(([name, value]) => value && name !== 'owner' && name !== 'resource').map(([name, value]) => [name, String(value)])} />
            </div>
          ))}
        </Loaded>
      </Section>
    </Page>
  );
}

// What was done to a record, from the audit log: newest first.
import { useList } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { texts } from '../texts.ts';
import { useMay } from './me.tsx';
import { When } from './Time.tsx';
import { Loaded, Section, State } from './ui.tsx';

type AuditRecord = Schemas['AuditRecord'];

const sameValue = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);
const written = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** The members that differ, as the log keeps them. */
export function Changes({ of }: { of: AuditRecord }) {
  const before = of.before ?? {};
  const after = of.after ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !sameValue(before[name] ?? null, after[name] ?? null));
  if (!of.before && !of.after) return null;
  if (names.length === 0) return <p className="quiet">{texts.audit.noChange}</p>;
  return (
    <dl className="changes">
      {names.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {of.before && <del>{written(before[name] ?? null)}</del>} {of.after && <ins>{written(after[name] ?? null)}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function Timeline({ target, title }: { target: string | undefined; title: string }) {
  const may = useMay();
  const records = useList('listAudit', target && may('listAudit') ? { target, limit: 50 } : undefined, 50, 30_000);
  if (!may('listAudit')) return null;
  return (
    <Section title={title}>
      <Loaded of={records}>
        {(all) => all.length === 0 ? <p className="quiet">{texts.accounts.noTimeline}</p> : (
          <ol className="timeline">
            {all.map((record) => (
              <li key={record.id}>
                <details>
                  <summary>
                    <strong>{record.action}</strong> <span className="quiet"><When at={record.at} /> · {record.actor}{record.reason && ` · ${record.reason}`}</span>
                    {record.outcome !== 'done' && <State is={record.outcome} />}
                  </summary>
                  <Changes of={record} />
                </details>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Section>
  );
}

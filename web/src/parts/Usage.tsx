// The last thirty days of a token or an account as small bars, a day each: what went through, what was refused, what failed behind
// Gatehouse. The figures stand beside it, and day by day in a table, for who can't see it.
import type { Live } from '../api/live.ts';
import type { Schemas } from '../api/types.ts';
import { texts } from '../texts.ts';
import { dayOf } from './Time.tsx';
import { ProblemNote, Waiting } from './ui.tsx';

type Day = Schemas['Usage']['days'][number];
const t = texts.usage;
const kHigh = 40;

export function Usage({ of }: { of: Live<Schemas['Usage']> }) {
  // Of a token that only touches one's project nothing is counted.
  if (of.problem?.status === 403) return null;
  if (!of.data) return of.problem ? <ProblemNote problem={of.problem} /> : <Waiting lines={2} />;
  const { days, calls, denials, errors, partial } = of.data;
  return (
    <figure className="usage">
      <figcaption>
        {t.sum(calls, days.length)}
        {denials > 0 && <span className="refused"> · {t.denials(denials)}</span>}
        {errors > 0 && <span className="failed"> · {t.errors(errors)}</span>}
        {partial && <span className="quiet"> · {t.partial}</span>}
      </figcaption>
      {calls > 0 && (
        <>
          <Bars days={days} />
          <p className="usage-ends quiet" aria-hidden="true"><span>{dayOf(days[0]!.day)}</span><span>{t.today}</span></p>
          <details className="commands"><summary>{t.table}</summary><Days of={days} /></details>
        </>
      )}
    </figure>
  );
}

function Bars({ days }: { days: readonly Day[] }) {
  const most = Math.max(...days.map((one) => one.calls), 1);
  const busiest = days.reduce((best, one) => (one.calls > best.calls ? one : best));
  const high = (count: number) => (count / most) * kHigh;
  return (
    <svg viewBox={`0 0 ${days.length * 8} ${kHigh + 2}`} role="img" aria-label={t.label(dayOf(busiest.day), busiest.calls)} preserveAspectRatio="none">
      {days.map((one, at) => {
        // A day with a single refusal among thousands of calls still shows it.
        const refused = one.denials > 0 ? Math.max(high(one.denials), 2) : 0;
        const failed = one.errors > 0 ? Math.max(high(one.errors), 2) : 0;
        const good = Math.max(high(one.calls) - refused - failed, one.calls > one.denials + one.errors ? 1 : 0);
        let top = kHigh + 2;
        const bar = (height: number, kind: string) => height > 0 && <rect x={at * 8 + 1} y={(top -= height)} width="6" height={height} className={`bar ${kind}`} />;
        return (
          <g key={one.day}>
            <title>{t.day(dayOf(one.day), one.calls, one.denials, one.errors)}</title>
            <rect x={at * 8} y="0" width="8" height={kHigh + 2} className="bar-room" />
            {one.calls === 0 ? bar(1, 'none') : <>{bar(good, '')}{bar(failed, 'failed')}{bar(refused, 'refused')}</>}
          </g>
        );
      })}
    </svg>
  );
}

function Days({ of }: { of: readonly Day[] }) {
  const numbers = ['calls', 'denials', 'errors'] as const;
  return (
    <div className="small-table" tabIndex={0} role="region" aria-label={t.table}>
      <table>
        <thead><tr><th scope="col">{t.dayHead}</th>{numbers.map((name) => <th key={name} scope="col" className="right">{t.heads[name]}</th>)}</tr></thead>
        <tbody>
          {of.filter((one) => one.calls > 0).reverse().map((one) => (
            <tr key={one.day}><td>{dayOf(one.day)}</td>{numbers.map((name) => <td key={name} className="right">{one[name].toLocaleString('en')}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// Requests by the hour of the day, as bars; the same in words for who can't see them.
import type { Schemas } from '../api/types.ts';
import { texts } from '../texts.ts';

export function Hours({ of }: { of: Schemas['HourCount'][] }) {
  if (of.length === 0) return null;
  const most = Math.max(...of.map((one) => one.requests), 1);
  const words = of.map((one) => `${one.hour}: ${one.requests}`).join(', ');
  return (
    <figure className="hours">
      <figcaption className="quiet">{texts.accounts.hours}</figcaption>
      <svg viewBox="0 0 240 48" role="img" aria-label={`${texts.accounts.hours}: ${words}`} preserveAspectRatio="none">
        {Array.from({ length: 24 }, (_, hour) => {
          const height = ((of.find((one) => one.hour === hour)?.requests ?? 0) / most) * 44;
          return <rect key={hour} x={hour * 10 + 1} y={48 - Math.max(height, 1)} width="8" height={Math.max(height, 1)} className={height > 0 ? 'bar' : 'bar none'} />;
        })}
      </svg>
    </figure>
  );
}

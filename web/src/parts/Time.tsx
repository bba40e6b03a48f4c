// Instants for people: how far away, and exactly (with the zone) on hover and for screen readers' details.
import { useSyncExternalStore } from 'react';
import { texts } from '../texts.ts';

let now = Date.now();
const listeners = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const listener of listeners) listener();
}, 20_000);

/** The time, to twenty seconds: all that is relative on a page moves together. */
export function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => now,
  );
}

const words = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' });
const exactly = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

const kMinute = 60_000;
const kHour = 60 * kMinute;
export const kDay = 24 * kHour;

export function relative(at: number, from: number): string {
  const distance = at - from;
  const size = Math.abs(distance);
  if (size < kMinute) return distance < 0 ? texts.time.justNow : texts.time.now;
  if (size < kHour) return words.format(Math.trunc(distance / kMinute), 'minute');
  if (size < 2 * kDay) return words.format(Math.trunc(distance / kHour), 'hour');
  if (size < 60 * kDay) return words.format(Math.trunc(distance / kDay), 'day');
  if (size < 730 * kDay) return words.format(Math.trunc(distance / (30.44 * kDay)), 'month');
  return words.format(Math.trunc(distance / (365.25 * kDay)), 'year');
}

export const exact = (at: string | number): string => exactly.format(new Date(at));
export const dayOf = (at: string | number): string => day.format(new Date(at));

/** "3 hr. ago"; with `full` the exact instant beside it. */
export function When({ at, none = texts.time.never, full = false }: { at: string | null | undefined; none?: string; full?: boolean }) {
  const from = useNow();
  if (!at) return <span className="quiet">{none}</span>;
  return (
    <time dateTime={at} title={exact(at)}>
      {relative(Date.parse(at), from)}
      {full && <span className="quiet"> {exact(at)}</span>}
    </time>
  );
}

const kInstant = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/;

/** A text of the server's, with the instants in it as people read them. */
export function Said({ text }: { text: string }) {
  const found = kInstant.exec(text);
  if (!found) return <>{text}</>;
  const after = text.slice(found.index + found[0].length);
  return <>{text.slice(0, found.index)}<time dateTime={found[0]}>{exact(found[0])}</time><Said text={after} /></>;
}

export type Urgency = 'ended' | 'tonight' | 'week' | 'month' | 'far';

export function urgencyOf(at: string, from: number): Urgency {
  const left = Date.parse(at) - from;
  if (left <= 0) return 'ended';
  if (left <= kDay) return 'tonight';
  if (left <= 7 * kDay) return 'week';
  return left <= 30 * kDay ? 'month' : 'far';
}

const marks: Record<Urgency, string> = { ended: '✕', tonight: '▲', week: '△', month: '', far: '' };

/** An end: how urgent it is stands in a mark and in words, not in the colour alone. */
export function Expiry({ at, none = texts.time.permanent, full = false }: { at: string | null | undefined; none?: string; full?: boolean }) {
  const from = useNow();
  if (!at) return <span className="quiet">{none}</span>;
  const urgency = urgencyOf(at, from);
  return (
    <time dateTime={at} title={exact(at)} className={`expiry ${urgency}`}>
      {marks[urgency] && <span aria-hidden="true">{marks[urgency]} </span>}
      {relative(Date.parse(at), from)}
      {full && <span className="quiet"> {exact(at)}</span>}
    </time>
  );
}

// What a page shows, kept fresh while it is looked at: asked again with If-None-Match, so that nothing but 304 moves as long as nothing
// changed. When: as soon as the server says that something has changed (events.ts), and by the clock all the same, often where nothing is
// told and seldom where it is, since an end that comes by itself is no change.
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { ask, targetOf, type Answer, type OperationId, type Input } from './client.ts';
import { concerns, listen, told, type Kind } from './events.ts';
import { asProblem, problemOf, type Problem } from './problem.ts';
import type { Operations } from './types.ts';

export interface Live<T> {
  data: T | undefined;
  problem: Problem | undefined;
  /** Nothing has come yet. */
  loading: boolean;
  /** When the server last said that this is how it is. */
  readAt: number | undefined;
}

interface Page {
  etag: string | undefined;
  body: unknown;
}

interface Entry {
  state: Live<unknown>;
  read: () => Promise<unknown>;
  every: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  reading: boolean;
  again: boolean;
  listeners: Set<() => void>;
}

const entries = new Map<string, Entry>();
const kNothing: Live<never> = { data: undefined, problem: undefined, loading: true, readAt: undefined };

async function readPage(target: string, pages: Map<string, Page>): Promise<unknown> {
  const known = pages.get(target);
  const answer = await ask('GET', target, known?.etag ? { 'If-None-Match': known.etag } : {});
  if (answer.status === 304 && known) return known.body;
  if (!answer.ok) throw await problemOf(answer);
  const type = answer.headers.get('Content-Type') ?? '';
  const body: unknown = type.includes('json') ? await answer.json() : await answer.text();
  pages.set(target, { etag: answer.headers.get('ETag') ?? undefined, body });
  return body;
}

async function refresh(entry: Entry): Promise<void> {
  clearTimeout(entry.timer);
  if (entry.reading) {
    entry.again = true;
    return;
  }
  entry.reading = true;
  try {
    const data = await entry.read();
    start();
    entry.state = { data, problem: undefined, loading: false, readAt: Date.now() };
  } catch (caught) {
    // What was shown stays on the page, with what went wrong beside it.
    entry.state = { ...entry.state, problem: asProblem(caught), loading: false };
  }
  entry.reading = false;
  for (const listener of entry.listeners) listener();
  if (entry.again) {
    entry.again = false;
    void refresh(entry);
  } else if (entry.listeners.size > 0 && document.visibilityState === 'visible') {
    entry.timer = setTimeout(() => attended() && void refresh(entry), pause(entry.every));
  }
}

/** What moves by the second (a rotation) is asked for as often as ever. */
const kMoving = 5_000;
const kTold = 3;
const pause = (every: number) => (told() && every > kMoving ? every * kTold : every);

// Asking counts as use of the session: a page that nobody attends must not keep it open beyond its hour (docs/operate/signing_in.md).
const kUnattended = 30 * 60_000;
let lastSeen = performance.now();
const attended = () => performance.now() - lastSeen < kUnattended;
const seen = () => {
  const back = !attended();
  lastSeen = performance.now();
  if (back) refreshAll();
  look();
};
for (const sign of ['pointermove', 'pointerdown', 'keydown']) document.addEventListener(sign, seen, { passive: true });

/** After a change: whatever is on the page is asked for again at once. */
export function refreshAll(): void {
  for (const [key, entry] of entries) {
    if (entry.listeners.size > 0) void refresh(entry);
    else entries.delete(key);
  }
}

// Many changes at once (an apply file, a job that makes tokens) are one refreshing.
const kGather = 400;
const kinds = new Set<Kind>();
let gathering: ReturnType<typeof setTimeout> | undefined;
const events = listen((kind) => {
  kinds.add(kind);
  gathering ??= setTimeout(() => {
    gathering = undefined;
    const now = [...kinds];
    kinds.clear();
    if (!attended()) return;
    for (const [key, entry] of entries) {
      if (entry.listeners.size > 0) {
        if (now.some((one) => concerns(one, key))) void refresh(entry);
      } else if (now.some((one) => concerns(one, key))) entries.delete(key);
    }
  }, kGather);
});
/** From the first answer on: before it nobody is signed in. */
let started = false;
const look = () => events.want(started && document.visibilityState === 'visible' && attended());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') refreshAll();
  look();
});
setInterval(look, 60_000);
function start(): void {
  if (started) return;
  started = true;
  look();
}

function useEntry<T>(key: string | undefined, every: number, makeRead: () => () => Promise<unknown>): Live<T> {
  const subscribe = useCallback(
    (listener: () => void) => {
      if (key === undefined) return () => undefined;
      let entry = entries.get(key);
      if (!entry) {
        entry = { state: kNothing, read: makeRead(), every, timer: undefined, reading: false, again: false, listeners: new Set() };
        entries.set(key, entry);
      }
      const mine = entry;
      mine.every = every;
      mine.listeners.add(listener);
      if (mine.listeners.size === 1) void refresh(mine);
      return () => {
        mine.listeners.delete(listener);
        if (mine.listeners.size === 0) clearTimeout(mine.timer);
      };
    },
    // makeRead follows from the key.
    [key, every],
  );
  const state = useSyncExternalStore(subscribe, () => (key === undefined ? kNothing : (entries.get(key)?.state ?? kNothing)));
  return state as Live<T>;
}

/** One record or report. `undefined` for the input: not asked (yet). */
export function useLive<Id extends OperationId>(id: Id, input: Input<Id> | undefined, every = 15_000): Live<Answer<Id>> {
  const target = input && targetOf(id, input.at as Record<string, string>, input.query);
  return useEntry<Answer<Id>>(target, every, () => {
    const pages = new Map<string, Page>();
    return () => readPage(target!, pages);
  });
}

type ItemOf<Id extends OperationId> = Answer<Id> extends { items: Array<infer Item> } ? Item : never;
type ListId = { [Id in OperationId]: Operations[Id]['answer'] extends { items: unknown[]; next: string | null } ? Id : never }[OperationId];

export interface LiveList<Item> extends Live<Item[]> {
  /** False: there is more than was asked for. */
  complete: boolean;
}

interface Gathered {
  items: unknown[];
  complete: boolean;
}

/** A whole list, all of its pages (a thousand items each), up to `most` items. */
export function useList<Id extends ListId>(id: Id, query: Operations[Id]['query'] | undefined, most = 20_000, every = 20_000): LiveList<ItemOf<Id>> {
  const first = query && targetOf(id, {}, { ...query, ...('limit' in { ...query } ? {} : pageSize(id)) });
  const live = useEntry<Gathered>(first && `${first} ${most}`, every, () => {
    const pages = new Map<string, Page>();
    return async (): Promise<Gathered> => {
      const items: unknown[] = [];
      let target: string | null = first!;
      while (target !== null && items.length < most) {
        const page = (await readPage(target, pages)) as { items: unknown[]; next: string | null };
        items.push(...page.items);
        target = page.next === null ? null : `${first!}${first!.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(page.next)}`;
      }
      return { items, complete: target === null };
    };
  });
  return useMemo(() => ({ ...live, data: live.data?.items as ItemOf<Id>[] | undefined, complete: live.data?.complete ?? true }), [live]);
}

/** Lists without pages take no limit, or one of their own. */
const kUnpaged: ReadonlySet<OperationId> = new Set<OperationId>([
  'listMatters', 'listSessions', 'listOffers', 'listDirectoryKeys', 'listConsents', 'listHandovers', 'listApprovals', 'listNarrowPolicies',
  'listAccessKeys', 'listWebhooks', 'listCalendars', 'listAuditSegments', 'listOverdue', 'trace',
]);
function pageSize(id: OperationId): object {
  return kUnpaged.has(id) ? {} : { limit: 1000 };
}

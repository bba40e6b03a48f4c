// Twelve months of ends and of rotations that fall due, with the freeze windows, and the addresses for other calendars.
import { useMemo, useRef, type KeyboardEvent } from 'react';
import { call } from '../api/client.ts';
import { useList, useLive, type Live } from '../api/live.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { AskAction, ShownOnce } from '../parts/AskAction.tsx';
import { useMay, useMe } from '../parts/me.tsx';
import { dayKey, frozen, monthsFrom, parseWindows, type Day, type Month, type Window } from '../parts/months.ts';
import { dayOf, exact, Expiry, useNow, When } from '../parts/Time.tsx';
import { commandLine, Commands, Loaded, Page, Section } from '../parts/ui.tsx';
import { Link, pathOf, setQuery, useAddress } from '../router.ts';
import { texts } from '../texts.ts';
import { placeOf } from './Tonight.tsx';
import { whatIf } from './Blast.tsx';

const t = texts.calendar;

interface Event {
  kind: 'end' | 'due';
  at: number;
  name: string;
  of: string;
  to: string | undefined;
  token: string | undefined;
  owner: string;
}

/** The ends that the server tells of, and the rotations of the register for those who may read it. */
function useEvents(): { events: Event[]; loaded: Live<unknown> } {
  const may = useMay();
  const wake = useLive('reportWake', { query: { within: '366d', limit: 10_000 } }, 60_000);
  const register = useList('listRegister', may('listRegister') ? {} : undefined, 20_000, 120_000);
  const events = useMemo(() => {
    const ends: Event[] = (wake.data?.items ?? []).filter((one) => one.expires_at).map((one) => ({ kind: 'end', at: Date.parse(one.expires_at!), name: one.name || one.kind, of: one.account ?? one.site ?? one.kind, to: placeOf(one.kind, one.id, one.account, one.site), token: one.kind === 'token' ? one.id : undefined, owner: one.owner ?? one.account_owner ?? '' }));
    const dues: Event[] = (register.data ?? []).flatMap((entry) =>
      // A temporary token's rotation is due when it ends, which is there already.
      entry.credentials.filter((one) => one.rotation_due_at && one.rotation_due_at !== one.expires_at && (one.state === 'live' || one.state === 'paused')).map((one) => ({ kind: 'due' as const, at: Date.parse(one.rotation_due_at!), name: one.name, of: entry.handle, to: pathOf('tokens', one.id), token: undefined, owner: one.owner ?? entry.owner })));
    return [...ends, ...dues].sort((left, right) => left.at - right.at);
  }, [wake.data, register.data]);
  return { events, loaded: wake };
}

export function Calendar() {
  const may = useMay();
  const { query } = useAddress();
  const now = useNow();
  const policy = useLive('showPolicy', may('showPolicy') ? {} : undefined, 120_000);
  const { events, loaded } = useEvents();
  const windows = useMemo(() => parseWindows(policy.data?.['freeze-windows'] ?? ''), [policy.data]);
  const today = dayKey(now);
  const months = useMemo(() => monthsFrom(Date.parse(`${today}T12:00:00`), 13, windows), [today, windows]);
  const days = useMemo(() => {
    const by = new Map<string, Event[]>();
    for (const one of events) by.set(dayKey(one.at), [...(by.get(dayKey(one.at)) ?? []), one]);
    return by;
  }, [events]);
  // Twelve months from today reach into a thirteenth, which is shown where something is on it.
  const shown = months.filter((month, index) => index < 12 || [...days.keys()].some((key) => key.startsWith(month.key)));
  const day = query.get('day') ?? '';
  const inFreeze = events.filter((one) => one.kind === 'end' && frozen(windows, one.at)).length;
  const grid = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = [...(grid.current?.querySelectorAll<HTMLElement>('button[data-day]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (!step || at < 0) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
  };
  return (
    <Page title={t.title} lede={may('listRegister') ? t.lede : t.mine}>
      <Loaded of={loaded} lines={8}>
        {() => (
          <>
            {events.length === 0 && <div className="calm"><p className="calm-title"><span aria-hidden="true">☾</span> {t.none}</p></div>}
            {inFreeze > 0 && <div className="headline"><p className="headline-title">{t.inFreeze(inFreeze)}</p></div>}
            <p className="legend quiet">
              <span className="mark ends" /> {t.legend.end} <span className="mark dues" /> {t.legend.due} {windows.length > 0 && <><span className="mark freeze" /> {t.legend.freeze}</>}
            </p>
            {day && <DayList day={day} events={days.get(day) ?? []} windows={windows} />}
            <div className="months" ref={grid} onKeyDown={onKeyDown}>
              {shown.map((month) => <MonthTable key={month.key} month={month} days={days} today={today} open={day} />)}
            </div>
          </>
        )}
      </Loaded>
      {may('showPolicy') && <Windows windows={windows} />}
      <Feeds />
    </Page>
  );
}

const monthName = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric' });

function MonthTable({ month, days, today, open }: { month: Month; days: Map<string, Event[]>; today: string; open: string }) {
  return (
    <table className="month">
      <caption>{monthName.format(new Date(month.year, month.month, 1))}</caption>
      <thead><tr>{t.week.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
      <tbody>
        {month.weeks.map((week, index) => (
          <tr key={index}>
            {week.map((day, place) => (day ? <DayCell key={day.key} day={day} events={days.get(day.key) ?? []} today={today === day.key} open={open === day.key} /> : <td key={place} />))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayCell({ day, events, today, open }: { day: Day; events: Event[]; today: boolean; open: boolean }) {
  const ends = events.filter((one) => one.kind === 'end').length;
  const dues = events.length - ends;
  const words = [ends > 0 && t.ends(ends), dues > 0 && t.dues(dues), day.frozen && t.freeze, today && t.today].filter(Boolean).join(', ');
  const marks = `${day.frozen ? 'freeze' : ''} ${today ? 'today' : ''}`;
  if (events.length === 0) return <td className={marks} title={words || undefined}><span>{day.number}</span></td>;
  return (
    <td className={marks}>
      <button type="button" data-day={day.key} data-count={events.length} className={`day ${ends > 0 ? 'ends' : 'dues'}`} aria-pressed={open} title={words} onClick={() => setQuery({ day: open ? '' : day.key })}>
        {day.number}
        <span className="hidden"> {dayOf(`${day.key}T12:00:00`).replace(/^\d+ /, '')}: {words}</span>
      </button>
    </td>
  );
}

function DayList({ day, events, windows }: { day: string; events: Event[]; windows: Window[] }) {
  const start = Date.parse(`${day}T00:00:00`);
  return (
    <Dialog title={Number.isFinite(start) ? dayOf(start) : day} onClose={() => setQuery({ day: '' })}>
      {events.length === 0 ? <p className="quiet">{t.nothingOn}</p> : (
        <ul className="lines">
          {events.map((one) => (
            <li key={`${one.kind} ${one.name} ${one.of} ${one.at}`}>
              <span className={`state ${one.kind === 'end' ? 'bad' : 'wait'}`}>{one.kind === 'end' ? texts.tonight.ends : t.due}</span>
              <span className="grow">{one.to ? <Link to={one.to}>{one.name}</Link> : one.name} <span className="quiet">{one.of} · {one.owner}</span></span>
              {frozen(windows, one.at) && <span className="quiet">{t.freeze}</span>}
              <span title={exact(one.at)}><Expiry at={new Date(one.at).toISOString()} /></span>
              {one.token && <Link to={whatIf('token', one.token)} aria-label={`${texts.blast.link} ${one.name}`}>{texts.blast.title}</Link>}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function Windows({ windows }: { windows: Window[] }) {
  return (
    <Section title={t.windows} count={windows.length} aside={<Link to="/policies">{t.changeWindows}</Link>}>
      {windows.length === 0 ? <p className="quiet">{t.noWindows}</p> : (
        <ul className="lines">
          {windows.map((one) => <li key={one.from}><span className="grow">{exact(one.from)} – {exact(one.until)}</span><When at={new Date(one.from).toISOString()} /></li>)}
        </ul>
      )}
    </Section>
  );
}

function Feeds() {
  const may = useMay();
  const me = useMe();
  const feeds = useList('listCalendars', may('listCalendars') ? {} : undefined, 1000, 60_000);
  const command = (user: string) => [{ label: t.feeds, text: commandLine(['notify', 'calendar', 'add'], { user }) }];
  const make = async ({ user }: Record<string, string>) => {
    const made = await call('addCalendar', { body: user ? { user } : {} });
    return made.path && <ShownOnce title={t.made} about={t.madeAbout} text={location.origin + made.path} />;
  };
  return (
    <Section
      title={t.feeds}
      aside={may('addCalendar') && <AskAction label={t.make} about={t.feedsAbout} fields={[{ name: 'user', label: t.makeFor, value: me.user, required: true }]} commands={({ user }) => command(user ?? '')} run={make} done={t.made} />}
    >
      <p className="quiet">{t.feedsAbout}</p>
      {!may('addCalendar') && <><p className="quiet">{t.askAdmin}</p><Commands of={command(me.user)} open /></>}
      {feeds.data && (feeds.data.length === 0 ? <p className="quiet">{t.noFeeds}</p> : (
        <ul className="lines">
          {feeds.data.map((one) => (
            <li key={one.id}>
              <span className="grow">{one.user}</span>
              <span className="quiet">{t.since} <When at={one.created_at} /></span>
              {may('removeCalendar') && <AskAction label={t.revoke} about={t.revokeAbout} fields={[]} commands={() => [{ label: t.revoke, text: commandLine(['notify', 'calendar', 'revoke', one.id]) }]} run={() => call('removeCalendar', { at: { calendar: one.id } }).then(() => null)} done={t.revoked} />}
            </li>
          ))}
        </ul>
      ))}
    </Section>
  );
}

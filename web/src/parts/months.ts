// A calendar of the next twelve months: which days have ends and rotations, and which lie in a freeze window. Days are those of the browser's
// zone, as all times of the panel are.
export interface Window {
  from: number;
  until: number;
}

/** The policy's `freeze-windows`: "FROM/UNTIL,FROM/UNTIL" or "none"; what can't be read is left out. */
export function parseWindows(text: string): Window[] {
  return text
    .split(',')
    .map((one) => one.trim().split('/').map((part) => Date.parse(part)))
    .filter((one): one is [number, number] => one.length === 2 && one.every((at) => Number.isFinite(at)))
    .map(([from, until]) => ({ from, until }));
}

/** "2027-01-03" where the browser is. */
export function dayKey(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

export function frozen(windows: readonly Window[], at: number): boolean {
  return windows.some((one) => one.from <= at && at < one.until);
}

export interface Day {
  key: string;
  number: number;
  /** Some of it lies in a freeze window. */
  frozen: boolean;
}

export interface Month {
  key: string;
  year: number;
  /** 0 to 11. */
  month: number;
  /** Weeks from Monday on; undefined where the day is of another month. */
  weeks: Array<Array<Day | undefined>>;
}

export function monthsFrom(now: number, count: number, windows: readonly Window[]): Month[] {
  const start = new Date(now);
  return Array.from({ length: count }, (_, offset) => {
    const first = new Date(start.getFullYear(), start.getMonth() + offset, 1);
    const year = first.getFullYear();
    const month = first.getMonth();
    const days = new Date(year, month + 1, 0).getDate();
    const cells: Array<Day | undefined> = Array.from({ length: (first.getDay() + 6) % 7 }, () => undefined);
    for (let number = 1; number <= days; ++number) {
      const begins = new Date(year, month, number).getTime();
      const ends = new Date(year, month, number + 1).getTime();
      cells.push({ key: dayKey(begins), number, frozen: windows.some((one) => one.from < ends && begins < one.until) });
    }
    while (cells.length % 7 !== 0) cells.push(undefined);
    return { key: dayKey(first.getTime()).slice(0, 7), year, month, weeks: Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7)) };
  });
}

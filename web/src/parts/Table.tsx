// A list: filtered, sorted, with the columns one wants, all of it in the address. Only the rows that can be seen are in the document, so that
// ten thousand are as quick as ten. Rows are reached by j and k or the arrows, and opened by Enter.
import { useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { LiveList } from '../api/live.ts';
import { Link, setQuery, useAddress } from '../router.ts';
import { texts } from '../texts.ts';
import { filterRows, parseFilter, printFilter, withTerm, type Facet, type Filter } from './filter.ts';
import { exportRows } from './exported.ts';
import { Views } from './Views.tsx';
import { Commands, commandLine, Loaded, Menu } from './ui.tsx';

export interface Column<Row> {
  key: string;
  label: string;
  /** For sorting, finding and exporting. */
  value: (row: Row) => Value;
  cell?: (row: Row) => ReactNode;
  /** Of the room that there is; 1 by default. */
  grow?: number;
  /** Stays on a narrow screen. */
  narrow?: boolean;
  /** Not shown until somebody asks for it. */
  extra?: boolean;
  right?: boolean;
}

interface Props<Row> {
  /** For saved views and file names, such as "tokens". */
  name: string;
  caption: string;
  of: LiveList<Row>;
  rowKey: (row: Row) => string;
  columns: ReadonlyArray<Column<Row>>;
  facets: ReadonlyArray<Facet<Row>>;
  /** Where a row leads; the first column is the link. */
  to?: (row: Row) => string;
  /** "-expires_at": falling. */
  sort: string;
  empty: ReactNode;
  /** What can be typed into the filter, where the usual hint does not fit. */
  hint?: string;
  /** Words of the command that lists the same, such as ["token", "list"]. */
  command?: string[];
}

const kRowHeight = 40;
const kAround = 12;

type Value = string | number | null | undefined;

const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const kInstant = /^\d{4}-\d\d-\d\dT/;

function compare(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [one, other] = [String(left), String(right)];
  if (kInstant.test(one) && kInstant.test(other)) return one < other ? -1 : Number(one > other);
  return words.compare(one, other);
}

function sorted<Row>(rows: Row[], columns: ReadonlyArray<Column<Row>>, by: string): Row[] {
  const falling = by.startsWith('-');
  const column = columns.find((one) => one.key === (falling ? by.slice(1) : by));
  if (!column) return rows;
  // What is missing stands last, whichever way it is sorted.
  const missing = (value: Value) => value === null || value === undefined || value === '';
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((left, right) => {
      if (missing(left.value) || missing(right.value)) return Number(missing(left.value)) - Number(missing(right.value));
      return falling ? compare(right.value, left.value) : compare(left.value, right.value);
    })
    .map(({ row }) => row);
}

function useWindow(count: number) {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(800);
  const region = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = region.current;
    if (!element) return undefined;
    const watcher = new ResizeObserver(() => setHeight(element.clientHeight));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  const first = Math.max(0, Math.min(Math.floor(top / kRowHeight) - kAround, count - 1));
  const last = Math.min(count, Math.ceil((top + height) / kRowHeight) + kAround);
  return { region, first, last, onScroll: () => setTop(region.current?.scrollTop ?? 0) };
}

export function Table<Row>({ name, caption, of, rowKey, columns, facets, to, sort, empty, hint = texts.table.filterHint, command }: Props<Row>) {
  const { query } = useAddress();
  const text = query.get('q') ?? '';
  const by = query.get('sort') ?? sort;
  const chosen = query.get('columns')?.split(',');
  const shown = columns.filter((column) => (chosen ? chosen.includes(column.key) : !column.extra));
  const visible = shown.length > 0 ? shown : columns.slice(0, 1);
  const late = useDeferredValue(text);
  const filter = useMemo(() => parseFilter(late, facets.map((facet) => facet.name)), [late, facets]);
  // Each row's text is made once, when it is first looked through.
  const textOf = useMemo(() => {
    const known = new Map<Row, string>();
    return (row: Row) => {
      const text = known.get(row) ?? columns.map((column) => column.value(row) ?? '').join(' ').toLowerCase();
      known.set(row, text);
      return text;
    };
  }, [of.data, columns]);
  const ordered = useMemo(() => sorted([...(of.data ?? [])], columns, by), [of.data, columns, by]);
  const rows = useMemo(() => filterRows(ordered, filter, facets, textOf), [ordered, filter, facets, textOf]);

  if (of.data?.length === 0 && !text) return <>{empty}</>;
  // The filter stays while what it asks for is on its way.
  return (
    <>
      <FilterBar name={name} text={text} filter={filter} facets={facets} rows={of.data ?? []} hint={hint}>
        <Menu label={texts.table.columns}>
          {columns.map((column) => (
            <label key={column.key} className="check">
              <input
                type="checkbox"
                checked={visible.includes(column)}
                onChange={(event) => {
                  const keys = columns.filter((one) => (one === column ? event.target.checked : visible.includes(one))).map((one) => one.key);
                  setQuery({ columns: keys.join(',') });
                }}
              />
              {column.label}
            </label>
          ))}
        </Menu>
        <Menu label={texts.table.export}>
          <button type="button" className="plain" onClick={() => exportRows(name, 'csv', rows, visible)}>{texts.table.csv}</button>
          <button type="button" className="plain" onClick={() => exportRows(name, 'json', rows, visible)}>{texts.table.json}</button>
        </Menu>
      </FilterBar>
      <Loaded of={of} lines={6}>
        {(all) => (
          <>
            <p className="quiet count-line" role="status">
              {texts.table.shown(rows.length, all.length)}
              {!of.complete && ` ${texts.table.more}`}
            </p>
            {rows.length > 0 ? <Rows caption={caption} rows={rows} rowKey={rowKey} columns={visible} to={to} by={by} /> : (
              <p className="empty">
                {texts.table.nothingFound}{' '}
                <button type="button" onClick={() => setQuery({ q: '' })}>{texts.table.clear}</button>
              </p>
            )}
          </>
        )}
      </Loaded>
      {command && <Commands of={[{ label: texts.commands.sameList, text: listCommand(command, filter, facets) }]} />}
    </>
  );
}

function listCommand<Row>(command: string[], filter: Filter, facets: ReadonlyArray<Facet<Row>>): string {
  const options: Record<string, string> = {};
  for (const { name, value } of filter.terms) {
    if (facets.find((facet) => facet.name === name)?.onCommandLine) options[name] = value;
  }
  return commandLine(command, options);
}

interface BarProps<Row> {
  name: string;
  text: string;
  filter: Filter;
  facets: ReadonlyArray<Facet<Row>>;
  rows: readonly Row[];
  hint: string;
  children: ReactNode;
}

function FilterBar<Row>({ name, text, filter, facets, rows, hint, children }: BarProps<Row>) {
  const choices = useMemo(
    () =>
      facets.map((facet) => {
        const counts = new Map<string, number>();
        for (const row of rows) for (const value of new Set(facet.values(row))) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
        return facet.choices ? facet.choices.map((one) => [one, undefined] as const) : [...counts].sort(([left], [right]) => left.localeCompare(right));
      }),
    [facets, rows],
  );
  return (
    <div className="filter-bar">
      <input
        type="search"
        className="filter"
        data-filter=""
        aria-label={texts.table.filter}
        placeholder={hint}
        value={text}
        spellCheck={false}
        onChange={(event) => setQuery({ q: event.target.value })}
        onKeyDown={(event) => event.key === 'Escape' && setQuery({ q: '' })}
      />
      {facets.map((facet, index) => !facet.typed && (
        <select
          key={facet.name}
          aria-label={facet.label}
          value={filter.terms.find((term) => term.name === facet.name)?.value ?? ''}
          onChange={(event) => setQuery({ q: printFilter(withTerm(filter, facet.name, event.target.value)) })}
        >
          <option value="">{texts.table.any(facet.label)}</option>
          {choices[index]?.map(([value, count]) => (
            <option key={value} value={value}>{count === undefined ? value : `${value} (${count})`}</option>
          ))}
        </select>
      ))}
      <Views name={name} />
      {children}
    </div>
  );
}

interface RowsProps<Row> {
  caption: string;
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  columns: ReadonlyArray<Column<Row>>;
  to: ((row: Row) => string) | undefined;
  by: string;
}

function Rows<Row>({ caption, rows, rowKey, columns, to, by }: RowsProps<Row>) {
  const { region, first, last, onScroll } = useWindow(rows.length);
  const [wanted, setWanted] = useState<number | undefined>();
  useEffect(() => {
    if (wanted === undefined) return;
    const link = region.current?.querySelector<HTMLElement>(`[aria-rowindex="${wanted + 2}"] a`);
    if (!link) return;
    link.focus({ preventScroll: true });
    setWanted(undefined);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!step || event.metaKey || event.ctrlKey || event.altKey || rows.length === 0) return;
    event.preventDefault();
    const at = document.activeElement?.closest('[aria-rowindex]')?.getAttribute('aria-rowindex');
    const next = Math.max(0, Math.min(rows.length - 1, (at && Number(at) > 1 ? Number(at) - 2 : -1) + step));
    const element = region.current;
    if (element) {
      const above = next * kRowHeight;
      if (above < element.scrollTop) element.scrollTop = above;
      if (above + 2 * kRowHeight > element.scrollTop + element.clientHeight) element.scrollTop = above + 2 * kRowHeight - element.clientHeight;
    }
    setWanted(next);
  };
  const total = columns.reduce((sum, column) => sum + (column.grow ?? 1), 0);
  return (
    <div className="table-region" ref={region} onScroll={onScroll} onKeyDown={onKeyDown} tabIndex={0} role="region" aria-label={caption}>
      <table aria-rowcount={rows.length + 1}>
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => {
              const falling = by === `-${column.key}`;
              const active = falling || by === column.key;
              return (
                <th
                  key={column.key}
                  scope="col"
                  className={`${column.narrow ? '' : 'wide'} ${column.right ? 'right' : ''}`}
                  style={{ width: `${((column.grow ?? 1) / total) * 100}%` }}
                  aria-sort={active ? (falling ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" className="plain" onClick={() => setQuery({ sort: active && !falling ? `-${column.key}` : column.key })}>
                    {column.label}
                    <span aria-hidden="true" className="arrow">{active ? (falling ? '↓' : '↑') : ''}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden="true" style={{ height: first * kRowHeight }} />}
          {rows.slice(first, last).map((row, index) => (
            <tr key={rowKey(row)} aria-rowindex={first + index + 2}>
              {columns.map((column, place) => {
                const inside = column.cell ? column.cell(row) : (column.value(row) ?? <span className="quiet">–</span>);
                return (
                  <td
                    key={column.key}
                    className={`${column.narrow ? '' : 'wide'} ${column.right ? 'right' : ''}`}
                    title={column.cell ? undefined : String(column.value(row) ?? '')}
                  >
                    {place === 0 && to ? <Link to={to(row)}>{inside}</Link> : inside}
                  </td>
                );
              })}
            </tr>
          ))}
          {last < rows.length && <tr aria-hidden="true" style={{ height: (rows.length - last) * kRowHeight }} />}
        </tbody>
      </table>
    </div>
  );
}

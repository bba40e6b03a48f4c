// The text form of a list's facets: `state=live owner=ada@example.com export`. A name is that of the command line's option (`--state live`),
// so what stands in the address can be typed there; words without a name are looked for in every column.
export interface Facet<Row> {
  /** The option of the command line, without its dashes. */
  name: string;
  label: string;
  /** What a row has of it; the choices are made of these. */
  values: (row: Row) => ReadonlyArray<string | null | undefined>;
  /** Choices that stand in no row, such as durations. */
  choices?: string[];
  /** Instead of equality with one of the row's values. */
  matches?: (row: Row, wanted: string) => boolean;
  /** The command line has this option. */
  onCommandLine?: boolean;
  /** Only typed: there is nothing to choose from. */
  typed?: boolean;
}

export interface Filter {
  /** In their order; the same name twice means either. */
  terms: Array<{ name: string; value: string }>;
  words: string[];
}

const kTerm = /"((?:[^"\\]|\\.)*)"?|([^\s"=]+)=(?:"((?:[^"\\]|\\.)*)"?|(\S*))|(\S+)/g;
const unescaped = (text: string) => text.replace(/\\(.)/g, '$1');

export function parseFilter(text: string, names: readonly string[]): Filter {
  const filter: Filter = { terms: [], words: [] };
  for (const [whole, phrase, name, inQuotes, plain, word] of text.matchAll(kTerm)) {
    if (name !== undefined && names.includes(name)) {
      const value = inQuotes !== undefined ? unescaped(inQuotes) : (plain ?? '');
      if (value) filter.terms.push({ name, value });
    } else {
      filter.words.push((phrase !== undefined ? unescaped(phrase) : (word ?? whole)).toLowerCase());
    }
  }
  return filter;
}

function written(text: string): string {
  return /[\s"\\]/.test(text) || text === '' ? `"${text.replace(/(["\\])/g, '\\$1')}"` : text;
}

export function printFilter({ terms, words }: Filter): string {
  return [...terms.map(({ name, value }) => `${name}=${written(value)}`), ...words.map(written)].join(' ');
}

export function withTerm(filter: Filter, name: string, value: string): Filter {
  const terms = filter.terms.filter((term) => term.name !== name);
  if (value) terms.push({ name, value });
  return { ...filter, terms };
}

/** `textOf` is in lower case. */
export function filterRows<Row>(rows: readonly Row[], filter: Filter, facets: ReadonlyArray<Facet<Row>>, textOf: (row: Row) => string): Row[] {
  const wanted = new Map<string, string[]>();
  for (const { name, value } of filter.terms) wanted.set(name, [...(wanted.get(name) ?? []), value]);
  const tests = [...wanted].map(([name, values]) => {
    const facet = facets.find((one) => one.name === name)!;
    return (row: Row) => values.some((value) => (facet.matches ? facet.matches(row, value) : facet.values(row).includes(value)));
  });
  return rows.filter((row) => {
    if (!tests.every((test) => test(row))) return false;
    if (filter.words.length === 0) return true;
    const text = textOf(row);
    return filter.words.every((word) => text.includes(word));
  });
}

const kUnits: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };
/** "7d" in milliseconds; NaN where it is no duration. */
export function millisecondsOf(duration: string): number {
  const parts = /^([1-9]\d*)([smhdw])$/.exec(duration);
  return parts ? Number(parts[1]) * kUnits[parts[2]!]! : NaN;
}

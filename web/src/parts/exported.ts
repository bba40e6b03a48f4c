// What a list shows, as a file of the browser: the rows that the filter leaves, in their order, with the columns that are shown.
import { download } from './download.ts';

interface Exported<Row> {
  key: string;
  value: (row: Row) => string | number | null | undefined;
}

/** RFC 4180; what a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvOf<Row>(rows: readonly Row[], columns: ReadonlyArray<Exported<Row>>): string {
  const cell = (value: string | number | null | undefined) => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map((column) => column.key), ...rows.map((row) => columns.map((column) => column.value(row)))];
  return lines.map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n';
}

export function exportRows<Row>(name: string, form: 'csv' | 'json', rows: readonly Row[], columns: ReadonlyArray<Exported<Row>>): void {
  const content = form === 'csv' ? csvOf(rows, columns) : `${JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((column) => [column.key, column.value(row) ?? null]))), null, 2)}\n`;
  download(`gatehouse-${name}-${new Date().toISOString().slice(0, 10)}.${form}`, content, form === 'csv' ? 'text/csv' : 'application/json');
}

// Facets that several lists have.
import { texts } from '../texts.ts';
import { millisecondsOf, type Facet } from './filter.ts';

export const expiringWithin = <Row extends { expires_at?: string | null }>(onCommandLine: boolean): Facet<Row> => ({
  name: 'expiring-within',
  label: texts.tokens.expiring,
  values: () => [],
  choices: ['24h', '7d', '30d', '90d'],
  matches: (row, wanted) => {
    const left = row.expires_at ? Date.parse(row.expires_at) - Date.now() : NaN;
    return left > 0 && left <= millisecondsOf(wanted);
  },
  onCommandLine,
});

import type { Evidence } from './schema-slice.ts';

const KINDS: Readonly<Record<Evidence['kind'], string>> = {
  'table-name': 'names the table',
  'column-name': 'names the column',
  'database-name': 'names the database',
  value: 'is a value in',
  'explored-question': 'is in an explored question about',
  'verified-question': 'is in a verified question about',
};

/** What of a question names what, a phrase each: “orders” names the table orders. */
export function sayEvidence(evidence: readonly Evidence[]): string[] {
  return evidence.map(({ kind, term, target }) => `“${term}” ${KINDS[kind]} ${target}`);
}

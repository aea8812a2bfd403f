import { notARead, unreadable } from '../refused.ts';
import { INLINE, NODES } from './grammar.ts';

const REFUSED_FIELDS: Readonly<Record<string, string>> = { intoClause: 'SELECT INTO', lockingClause: 'FOR UPDATE' };

/** Checks the fields of a node against the closed list of its type (GATE-4). Throws Refused. */
export function checkFields(type: string, body: object): void {
  const fields = NODES.get(type);
  if (!fields) throw unreadable(`${type} is not supported`);
  checkAll(type, body, fields);
}

/** The same of what stands bare under a field. */
export function checkInline(field: string, body: object): void {
  const fields = INLINE.get(field);
  if (!fields) throw unreadable(`${field} is not supported`);
  checkAll(field, body, fields);
}

function checkAll(label: string, body: object, fields: ReadonlySet<string>): void {
  for (const field of Object.keys(body)) {
    if (fields.has(field) || field === 'location') continue;
    if (REFUSED_FIELDS[field]) throw notARead(REFUSED_FIELDS[field]);
    throw unreadable(`${label}.${field} is not supported`);
  }
}

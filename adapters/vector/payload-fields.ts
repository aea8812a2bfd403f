import type { PayloadField } from '#src/ports/vector-collection.ts';

/** The fields of a payload that a search can be narrowed by. */
export const PAYLOAD_FIELDS: readonly PayloadField[] = ['workspace', 'database', 'kind', 'table'];

import type { PayloadField } from '#src/ports/vector-collection.ts';

/** The fields of a payload that a search can be narrowed by, words and numbers. */
export const PAYLOAD_FIELDS: readonly PayloadField[] = ['workspace', 'kind', 'database', 'schema', 'table'];

/** The numbers of a payload that an index is kept of. */
export const PAYLOAD_NUMBERS = ['cluster', 'clusterSize'] as const;

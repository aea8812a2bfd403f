import type { RunId } from '#src/domain/ids.ts';

/** The first characters of a run's id, as messages show it. */
export const shortRunId = (id: RunId): string => id.slice(0, 8);

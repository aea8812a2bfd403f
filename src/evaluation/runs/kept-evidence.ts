import { z } from 'zod';
import type { Evidence } from '#src/domain/confidence.ts';

/** What spoke for an answer, as a run keeps it: the confidence can be fitted again without a model. */
export const KeptEvidence = z.object({
  agreement: z.number(),
  planner: z.number(),
  asWritten: z.number(),
  rows: z.number(),
}) satisfies z.ZodType<Evidence>;

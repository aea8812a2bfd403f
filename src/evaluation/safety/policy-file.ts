import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { AccessView } from '#src/guard/scope.ts';

const Policy = z.object({
  tables: z.array(z.string()),
  hidden_columns: z.record(z.string(), z.array(z.string())).default({}),
  user_functions: z.array(z.string()).default([]),
});

/** Reads a policy (security.md#a-corpus-of-your-own): one, or one an engine under its name. Throws with a sentence. */
export function readPolicy(file: string, engine: 'postgres' | 'mysql' | 'sqlite'): AccessView {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The policy ${file} cannot be read: ${(error as Error).message}`);
  }
  const own = (raw as Record<string, unknown> | null)?.[engine] ?? raw;
  const parsed = Policy.safeParse(own);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'it'} ${issue.message}`);
    throw new Error(`The policy ${file} is not one: ${faults.join('; ')}`);
  }
  const { tables, hidden_columns, user_functions } = parsed.data;
  return { tables, hiddenColumns: hidden_columns, userFunctions: user_functions };
}

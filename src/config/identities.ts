import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** Who people are to the company (an e-mail address, an employee's number), by `USER` or `TEAM:USER` of the chat surface. */
export type Identities = ReadonlyMap<string, string>;

const NO_IDENTITY = 'must be mapped to a text or a number';

const Mapping = z.record(
  z
    .string()
    .regex(/^(?:[A-Z0-9]+:)?[A-Z0-9]+$/, 'must be a user’s id, or a workspace’s and a user’s with : between them'),
  z.union([z.string().min(1, NO_IDENTITY), z.number()], { error: NO_IDENTITY }).transform(String),
);

/** Reads a YAML or JSON file of one mapping; throws an Error whose message says what is wrong with it. */
export function readIdentities(file: string): Identities {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`names ${file}, which cannot be read`);
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw new Error(`names ${file}, which is neither YAML nor JSON`);
  }
  const parsed = Mapping.safeParse(value);
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const [fault] = parsed.error.issues;
  const where = fault?.path.join('.') ?? '';
  const why = fault?.code === 'invalid_key' ? fault.issues[0]?.message : fault?.message;
  throw new Error(`names ${file}, where ${where ? `“${where}” ${why}` : 'the whole must be one mapping'}`);
}

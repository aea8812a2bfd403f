import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { MeasuredGain } from '#src/domain/adapter.ts';

/** Only what is written is looked at; the rest stays as it was. */
const Manifest = z.looseObject({ version: z.literal(1), task: z.string(), base: z.looseObject({ name: z.string() }) });

/**
 * Writes into the manifest of an adapter what it was measured to gain. An adapter whose interval holds 0 is not asked.
 *
 * @returns the manifest's file; a sentence where there is none.
 */
export function keepGain(folder: string, { low, high, ...counts }: MeasuredGain): { readonly file: string } | string {
  const file = path.join(folder, 'manifest.json');
  const read = readManifest(file);
  if (!read) return `${file} is no manifest of an adapter.`;
  const measured = { ...counts, low: inHundredths(low), high: inHundredths(high) };
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...read, measured }, null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return { file };
}

const inHundredths = (points: number) => Number(points.toFixed(2));

function readManifest(file: string): z.infer<typeof Manifest> | undefined {
  try {
    return Manifest.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

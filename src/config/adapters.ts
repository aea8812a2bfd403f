import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ADAPTER_ROLES, type AdapterManifest, type AdapterRole, roleOfTask } from '#src/domain/adapter.ts';
import { PROMPT_STYLES } from '#src/pipeline/settings.ts';

/** `manifest.json` as deploy/training writes it; what else it says is for people. */
const Manifest = z.object({
  version: z.literal(1),
  task: z.string(),
  style: z.string(),
  base: z.object({
    name: z.string(),
    sha256: z.string(),
    parameters: z.number(),
    width: z.number(),
  }),
  databases: z.record(z.string(), z.array(z.string())).optional(),
  measured: z
    .object({ questions: z.number(), before: z.number(), after: z.number(), low: z.number(), high: z.number() })
    .optional(),
});

/** An adapter as it is configured, by the name that its server knows it by. */
export interface ConfiguredAdapter {
  readonly name: string;
  /** A server of its own; that of all other models, if absent. */
  readonly baseUrl?: string;
  readonly role: AdapterRole;
  /** What it was trained for; absent where nothing says so: it is asked by the direct prompt. */
  readonly manifest?: AdapterManifest;
  /** Why it is not asked. */
  readonly refused?: string;
}

const folderOf = (home: string, name: string) => path.join(home, 'adapters', name);
export const manifestFileOf = (home: string, name: string): string => path.join(folderOf(home, name), 'manifest.json');

/** What one entry of QUERENT_MODEL_ADAPTERS says: `[ROLE:]NAME[@URL]`. */
export interface AdapterEntry {
  readonly name: string;
  readonly role?: AdapterRole;
  readonly baseUrl?: string;
}

/** Reads an entry; a sentence where it is none. */
export function readAdapterEntry(entry: string): AdapterEntry | string {
  const at = entry.lastIndexOf('@http');
  const [named, baseUrl] = at === -1 ? [entry, undefined] : [entry.slice(0, at), entry.slice(at + 1)];
  if (baseUrl !== undefined && !URL.canParse(baseUrl)) return `names ${baseUrl}, which is no address`;
  const role = ADAPTER_ROLES.find((one) => named.startsWith(`${one}:`));
  const name = role ? named.slice(role.length + 1) : named;
  if (!/^[\w.-][\w./:-]*$/.test(name) || name.includes('..')) return `names ${JSON.stringify(name)}, which is no name`;
  return { name, ...(role ? { role } : {}), ...(baseUrl === undefined ? {} : { baseUrl }) };
}

/**
 * The adapter of an entry with its manifest, or with the sentence why it is not asked. A model that is asked in another prompt than it
 * was trained on, or that was measured to be no better than its base, makes answers worse.
 */
export function configuredAdapter({ name, role, baseUrl }: AdapterEntry, home: string): ConfiguredAdapter {
  const at = { name, ...(baseUrl === undefined ? {} : { baseUrl }) };
  const file = manifestFileOf(home, name);
  if (!existsSync(file)) {
    if (role === undefined || role === 'generator') return { ...at, role: 'generator' };
    const refused = `nothing says what it learned: put its manifest.json into ${folderOf(home, name)}`;
    return { ...at, role, refused };
  }
  const manifest = readManifest(file);
  if (!manifest) return { ...at, role: role ?? 'generator', refused: `${file} is no manifest that can be read` };
  const trainedAs = roleOfTask(manifest.task);
  const refused = whyRefused(manifest, trainedAs, role);
  return { ...at, role: trainedAs ?? role ?? 'generator', manifest, ...(refused === undefined ? {} : { refused }) };
}

/** An adapter that was trained just now, by the manifest in its folder, whatever was measured of it before. */
export function trainedAdapter({ name, baseUrl }: AdapterEntry, folder: string): ConfiguredAdapter {
  const at = { name, ...(baseUrl === undefined ? {} : { baseUrl }), role: 'generator' as const };
  const file = path.join(folder, 'manifest.json');
  const read = readManifest(file);
  if (!read) return { ...at, refused: `${file} is no manifest that can be read` };
  const { measured: _, ...manifest } = read;
  const refused = whyRefused(manifest, roleOfTask(manifest.task), 'generator');
  return { ...at, manifest, ...(refused === undefined ? {} : { refused }) };
}

function whyRefused(
  { task, style, measured }: AdapterManifest,
  trainedAs: AdapterRole | undefined,
  role: AdapterRole | undefined,
): string | undefined {
  if (trainedAs === undefined) return `it was trained for ${task}, which no stage asks a model for`;
  if (role !== undefined && role !== trainedAs)
    return `it was trained as ${trainedAs} (${task}) and is named as ${role}`;
  if (!PROMPT_STYLES.some(({ name }) => name === style))
    return `it was trained on prompts of style ${style}; there are ${PROMPT_STYLES.map(({ name }) => name).join(', ')}`;
  if (measured && measured.low <= 0)
    return `it was not measured to be better than its base: ${measured.before} and ${measured.after} of ${measured.questions} right, ${pointsOf(measured)}`;
  return undefined;
}

/** "+4.1 points (−1.0 to +9.2)" */
export const pointsOf = ({ questions, before, after, low, high }: NonNullable<AdapterManifest['measured']>): string =>
  `${signed((100 * (after - before)) / questions)} points (${signed(low)} to ${signed(high)})`;

const signed = (points: number) => `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`;

function readManifest(file: string): AdapterManifest | undefined {
  try {
    const { databases, measured, ...read } = Manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { ...read, ...(databases ? { databases } : {}), ...(measured ? { measured } : {}) };
  } catch {
    return undefined;
  }
}

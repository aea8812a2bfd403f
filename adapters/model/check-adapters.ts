import { CHANGED_MUCH, changedSince, fitsDatabase } from '#src/domain/adapter.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { CheckResult } from '#src/domain/health.ts';
import { askServed, type NamedAdapter, whyNotServed } from './adapter-servers.ts';

export interface CheckAdaptersOptions {
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly adapters: readonly NamedAdapter[];
}

const TIMEOUT_MS = 10_000;

/** Every configured adapter: what it was trained for and measured to gain, or why it is not asked, and whether its databases changed since. */
export function checkAdapters(
  { baseUrl, apiKey, adapters }: CheckAdaptersOptions,
  catalogs: readonly DatabaseCatalog[],
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const key = apiKey === undefined ? {} : { apiKey };
  return Promise.all(
    adapters.map(async (adapter): Promise<CheckResult> => {
      const part = `adapter ${adapter.name}`;
      const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const served = await askServed({ baseUrl: adapter.baseUrl ?? baseUrl, ...key }, within);
      const why = adapter.refused ?? whyNotServed(adapter, served) ?? whyOfNoDatabase(adapter, catalogs);
      if (why !== undefined) return { part, state: 'wrong', says: `not asked: ${why}` };
      return { part, state: 'ok', says: [sayTrained(adapter), ...sayChanged(adapter, catalogs)].join('; ') };
    }),
  );
}

/** Where none of the databases that it was trained for is there any more, nobody ever asks it. */
function whyOfNoDatabase({ manifest }: NamedAdapter, catalogs: readonly DatabaseCatalog[]): string | undefined {
  if (!manifest?.databases || catalogs.some((catalog) => fitsDatabase(manifest, catalog))) return undefined;
  const names = Object.keys(manifest.databases).join(', ');
  return `it was trained for ${names}, which ${names.includes(',') ? 'are' : 'is'} not registered, or another database by now; train it again (deploy/training)`;
}

function sayTrained({ role, manifest }: NamedAdapter): string {
  if (!manifest) return `${role}; no manifest says what it learned, so it is asked by the direct prompt`;
  const { task, style, base, databases, measured } = manifest;
  const over = databases ? ` over ${Object.keys(databases).join(', ')}` : '';
  const gain = measured
    ? `${measured.before} → ${measured.after} of ${measured.questions} right`
    : 'not measured: `eval compare` says whether it is better than its base';
  return `${role}, trained for ${task} in style ${style} on ${base.name}${over}; ${gain}`;
}

function sayChanged({ manifest }: NamedAdapter, catalogs: readonly DatabaseCatalog[]): readonly string[] {
  return catalogs.flatMap((catalog) => {
    const changed = manifest && changedSince(manifest, catalog);
    if (!changed || changed <= CHANGED_MUCH) return [];
    return [`${Math.round(100 * changed)} % of ${catalog.databaseId} changed since: train it again (deploy/training)`];
  });
}

// Measures what a process holds of the index, so it builds, keeps and loads it as the product does.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import { type Config, readConfig } from '#src/config/env.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { readQuestions } from '../data/questions.ts';
import { readScaleCatalog } from '../data/scale-catalog.ts';
import { Held, type HoldingTask } from '../hold-index.ts';
import { needed, openCountedQdrant, openKeptIndexes, openState } from '../parts.ts';
import { BACKENDS } from '../search-on-qdrant.ts';
import { atEnd, count, JSON_LINE, measuring, Option, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'bench:memory',
  'Builds the index of a catalogue of tables and keeps it; then a process of its own loads it, asks questions and says what it holds, as does the same process on an empty index. Vectors are made of a hash of how a text begins, since what is held does not depend on what they say; the processes are given those of the questions, as from an embedding server.',
)
  .requiredOption('--catalog <file>', 'a catalogue of tables, one JSON object a line (gzip or plain)')
  .requiredOption('--questions <file>', 'what is asked')
  .option('--asked <n>', 'so many questions', count(), 100)
  .addOption(
    new Option(
      '--backend <store>',
      'what is searched: the embedded index, or the Qdrant server of QUERENT_QDRANT_URL with no copy in the process (collection querent_memory)',
    )
      .choices(BACKENDS)
      .default('embedded' as const),
  )
  .option('--json', JSON_LINE);

const never = new AbortController().signal;

async function bench(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { qdrant } = readConfig();
  if (options.backend === 'qdrant' && !qdrant) program.error('--backend qdrant needs a server: set QUERENT_QDRANT_URL');
  const server = options.backend === 'qdrant' && qdrant ? { ...qdrant, timeoutMs: 120_000 } : undefined;
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-memory-'));
  atEnd(() => rm(home, { recursive: true, force: true }));
  const asked = readQuestions(options.questions).slice(0, options.asked);
  const embedder = hashEmbedder();
  const texts = asked.map(({ question }) => question);
  const vectors = (await embedder.embed(texts, never, 'question')).map((vector) => [...vector]);
  const questions = texts.map((text, at) => ({ text, vector: vectors[at] ?? [] }));

  const hold = async (name: string, catalogs: readonly DatabaseCatalog[]) => {
    const folder = path.join(home, name);
    await keep(folder, catalogs, server && { ...server, name: `querent_memory_${name}` });
    return held({
      folder,
      embedder: { id: embedder.id, dimensions: embedder.dimensions },
      questions,
      ...(server ? { server: { ...server, name: `querent_memory_${name}` } } : {}),
    });
  };
  /** Builds and publishes an index, and keeps it with its catalogs. */
  async function keep(folder: string, catalogs: readonly DatabaseCatalog[], at: Config['qdrant']): Promise<void> {
    const shared = at ? { collection: openCountedQdrant(at).collection } : {};
    const indexes = openKeptIndexes(path.join(folder, 'index'), embedder, shared);
    const state = openState(path.join(folder, 'state.sqlite'));
    for (const { databaseId } of catalogs) await state.saveDatabase({ id: databaseId, url: `sqlite:${databaseId}` });
    await state.saveCatalogs(catalogs.map((catalog) => [catalog, new Date()]));
    const built = needed(await indexes.build(await state.catalogs(), {}, showProgress, never));
    await built.publish({ alone: true }, showProgress, never);
    await state.close();
  }
  const empty = await hold('empty', []);
  const full = await hold('full', readScaleCatalog(options.catalog).catalogs);
  const above = (of: 'rssMb' | 'heldMb') => Math.round((full[of] - empty[of]) * 10) / 10;
  const summary = {
    backend: options.backend,
    tables: full.tables,
    columns: full.columns,
    asked: questions.length,
    empty,
    full,
    above: { rssMb: above('rssMb'), heldMb: above('heldMb') },
  };
  if (options.json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(9)} ${JSON.stringify(value)}`);
  return 0;
}

/** Letters that a text's vector is made of. */
const BEGINNING = 2;
/** As wide as the embedded embedder. */
const DIMENSIONS = 512;

/** Vectors of length 1 by the hashes of how texts begin: those that begin alike are one cluster, as texts are that mean the same. */
function hashEmbedder(): Embedder {
  const vectorOf = (text: string) => {
    const bytes = createHash('shake256', { outputLength: DIMENSIONS }).update(text.slice(0, BEGINNING)).digest();
    const length = Math.hypot(...[...bytes].map((byte) => byte - 127.5));
    return Float32Array.from(bytes, (byte) => (byte - 127.5) / length);
  };
  return {
    id: 'hashes',
    dimensions: DIMENSIONS,
    embed: async (texts) => texts.map(vectorOf),
    close: async () => undefined,
  };
}

/** What a process of its own holds of a kept index once it has answered. */
async function held(task: HoldingTask): Promise<z.infer<typeof Held>> {
  const child = fork(path.join(import.meta.dirname, '..', 'hold-index.ts'), { execArgv: ['--expose-gc'] });
  atEnd(() => child.kill());
  const said = new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the process that holds the index ended with ${code}`)));
  });
  child.send(task);
  return Held.parse(await said);
}

program.action(runs(bench));
await runMeasuring(program);

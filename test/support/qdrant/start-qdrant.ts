import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';

/**
 * Qdrant's engine behind our shim (shim.py, which says what is the engine's and what is written there), where a Python has the
 * package of requirements.txt: the one of QUERENT_QDRANT_PYTHON, or `python3`.
 */
const PYTHON = process.env.QUERENT_QDRANT_PYTHON ?? 'python3';

/** What somebody without the engine types to get it. */
const GET_ENGINE =
  'python3 -m venv ../qdrant-engine && ../qdrant-engine/bin/pip install --require-hashes -r test/support/qdrant/requirements.txt, then QUERENT_QDRANT_PYTHON=../qdrant-engine/bin/python';

/** The engine waits for the disk at every collection and index that it makes; nothing of a test outlives it. */
const IN_MEMORY = '/dev/shm';

let absent: string | undefined;
try {
  execFileSync(PYTHON, ['-c', 'import qdrant_edge'], { stdio: 'ignore', timeout: 30_000 });
} catch {
  absent = `Qdrant's engine is not installed for ${PYTHON}: ${GET_ENGINE}`;
  if (process.env.QUERENT_REQUIRE_QDRANT) throw new Error(absent);
  console.log(`What runs on Qdrant's engine is skipped. ${absent}`);
}

/** Why there is no engine to test on; undefined where there is one. */
export const NO_QDRANT_ENGINE: string | undefined = absent;

/** The title of a suite that needs the engine: where there is none, it says so. */
export const onQdrant = (title: string): string =>
  absent === undefined ? title : `${title} (skipped: Qdrant's engine is not installed)`;

interface Collections {
  readonly collections: readonly { readonly name: string }[];
}
interface Aliases {
  readonly aliases: readonly { readonly alias_name: string; readonly collection_name: string }[];
}

export type QdrantShim = Awaited<ReturnType<typeof startQdrant>>;

/** An engine of our own with nothing in it, gone when stopped or when this process ends. `key`: what every request must bring. */
export async function startQdrant({ key }: { readonly key?: string } = {}) {
  const folder = mkdtempSync(path.join(existsSync(IN_MEMORY) ? IN_MEMORY : os.tmpdir(), 'querent-qdrant-'));
  const shim = spawn(PYTHON, [path.join(import.meta.dirname, 'shim.py'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, QDRANT_SHIM_KEY: key ?? '' },
  });
  const url = `http://127.0.0.1:${await firstLine(shim)}`;
  const call = async <T>(method: string, at: string): Promise<T> => {
    const reply = await fetch(`${url}${at}`, { method, headers: key ? { 'api-key': key } : {} });
    return ((await reply.json()) as { readonly result: T }).result;
  };
  const collections = async () => (await call<Collections>('GET', '/collections')).collections.map(({ name }) => name);
  return {
    url,
    collections,
    /** Every request so far, "METHOD /path". */
    requests: () => call<readonly string[]>('GET', '/shim/requests'),
    /** Collections by their aliases. */
    async aliases(): Promise<Readonly<Record<string, string>>> {
      const { aliases } = await call<Aliases>('GET', '/aliases');
      return Object.fromEntries(aliases.map(({ alias_name, collection_name }) => [alias_name, collection_name]));
    },
    /** Everything that its points carry, as one text. */
    async payloads(): Promise<string> {
      const held: unknown[] = [];
      for (const name of await collections()) {
        const reply = await fetch(`${url}/collections/${name}/points/scroll`, {
          method: 'POST',
          body: JSON.stringify({ limit: 100_000, with_payload: true }),
        });
        held.push(await reply.json());
      }
      return JSON.stringify(held);
    },
    async clear() {
      for (const name of await collections()) await call('DELETE', `/collections/${name}`);
    },
    async stop() {
      if (shim.exitCode === null && shim.signalCode === null) {
        const gone = new Promise((resolve) => shim.once('exit', resolve));
        shim.kill('SIGKILL');
        await gone;
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

async function firstLine(shim: ChildProcess): Promise<string> {
  if (!shim.stdout) throw new Error('the shim has no output');
  for await (const line of createInterface({ input: shim.stdout })) return line;
  throw new Error('the shim ended before it listened');
}

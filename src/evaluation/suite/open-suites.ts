import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalogOf } from '../execution-accuracy.ts';
import type { Suite } from './make-suite.ts';
import type { SuiteReply, SuiteRequest } from './suite-child.ts';

/** A gold query and its mutants on two dozen databases: some seconds; a cross join of five tables would take hours. */
const MAKE_MS = 60_000;
/** As long as an answer may take. */
const JUDGE_MS = 15_000;

export interface SuiteVerdict {
  /** Undefined where no seed gives a database on which the gold query has an answer of its own. */
  readonly agrees: boolean | undefined;
  readonly suites: readonly Suite[];
}

export interface Suites {
  /** Whether a query agrees with one of the accepted gold queries on all databases of that one's suite. */
  verdict(catalog: DatabaseCatalog, golds: readonly string[], predicted: string | undefined): Promise<SuiteVerdict>;
  close(): void;
}

/** Suites of at most so many databases, SQLite in the memory of a process of its own. A gold query's suite is made once. */
export function openSuites(most: number): Suites {
  const made = new Map<string, Promise<Suite | undefined>>();
  let child: ChildProcess | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  /** One request after another; undefined when it was stopped. */
  function ask(request: SuiteRequest, limitMs: number): Promise<SuiteReply | undefined> {
    const next = queue.then(async () => {
      child ??= fork(fileURLToPath(new URL('./suite-child.ts', import.meta.url)), [], { serialization: 'advanced' });
      const asked = child;
      const ended = new AbortController();
      const onExit = () => ended.abort();
      asked.once('exit', onExit);
      const signal = AbortSignal.any([AbortSignal.timeout(limitMs), ended.signal]);
      asked.send(request);
      try {
        const [reply] = (await once(asked, 'message', { signal })) as [SuiteReply];
        return reply;
      } catch {
        asked.kill('SIGKILL');
        child = undefined;
        return undefined;
      } finally {
        asked.off('exit', onExit);
      }
    });
    queue = next;
    return next;
  }

  function suiteOf(catalog: DatabaseCatalog, gold: string): Promise<Suite | undefined> {
    const key = `${catalog.databaseId}\n${gold}`;
    const making =
      made.get(key) ??
      ask({ kind: 'make', gold, catalog, most }, MAKE_MS).then((reply) =>
        reply?.kind === 'made' ? reply.suite : undefined,
      );
    made.set(key, making);
    return making;
  }

  async function agrees(suite: Suite, catalog: DatabaseCatalog, predicted: string): Promise<boolean> {
    const reply = await ask({ kind: 'judge', suite, catalog, predicted }, JUDGE_MS);
    return reply?.kind === 'judged' && reply.agrees;
  }

  return {
    async verdict(catalog, golds, predicted) {
      const suites = (await Promise.all(golds.map((gold) => suiteOf(catalog, gold)))).filter(
        (one) => one !== undefined,
      );
      if (!suites.length) return { agrees: undefined, suites };
      if (predicted === undefined) return { agrees: false, suites };
      const judged = await judge(predicted, catalog.engine, wholeCatalogOf(catalog));
      if (!judged.ok) return { agrees: false, suites };
      for (const suite of suites) if (await agrees(suite, catalog, predicted)) return { agrees: true, suites };
      return { agrees: false, suites };
    },
    close: () => void child?.kill('SIGKILL'),
  };
}

import { memoryQuestions } from '#schemas-index/questions/memory-questions.ts';
import type { KnownQuestion } from '#src/domain/known-question.ts';
import { mcnemar, pairedDifference } from '#src/domain/paired.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { BenchQuestion } from './data/questions.ts';
import { openRetriever } from './parts.ts';
import { type RetrievalReport, scoreRetrieval } from './retrieval.ts';
import { type Rank, type RetrievalPool, runRetrieval } from './retrieval-run.ts';
import { rounded } from './statistics.ts';

/** What retrieval is judged by, of one question 0 or 1. */
const JUDGED: Readonly<Record<string, (report: RetrievalReport) => number | undefined>> = {
  databaseFirst: ({ database }) => database['1'],
  databaseAmongThree: ({ database }) => database['3'],
  recall3: ({ recall }) => recall['3'],
  recall5: ({ recall }) => recall['5'],
};

const never = new AbortController().signal;
const TABLES = 15;

interface Changed {
  readonly without: number;
  readonly with: number;
  /** With its 95 % interval, over the questions. */
  readonly difference: readonly [difference: number, low: number, high: number];
  readonly gained: number;
  readonly lost: number;
  /** The exact McNemar test. */
  readonly p: number;
}

/**
 * What known questions change in retrieval: the same questions over the same pool, without them and with them. What the catalogs hold of
 * stored values is looked at as in the product.
 */
export async function retrievalWith(
  known: readonly KnownQuestion[],
  { pool, asked }: { readonly pool: RetrievalPool; readonly asked: readonly BenchQuestion[] },
  embedder: Embedder,
  onProgress: (done: number, total: number) => void,
): Promise<Readonly<Record<string, Changed>>> {
  const retriever = await openRetriever(pool.catalogs, embedder, onProgress);
  const judged = async (looked: readonly KnownQuestion[]) => {
    const questions = memoryQuestions(looked);
    const rank: Rank = async (text) => {
      const near = await questions.near({ text }, never);
      return retriever.retrieve({ text, near, limit: TABLES }, never);
    };
    return (await runRetrieval(pool, asked, embedder, rank)).map((one) => scoreRetrieval([one]));
  };
  const [before, after] = [await judged([]), await judged(known)];
  return Object.fromEntries(
    Object.entries(JUDGED).map(([name, of]) => [
      name,
      changed(before.map(of).map(Boolean), after.map(of).map(Boolean)),
    ]),
  );
}

function changed(before: readonly boolean[], after: readonly boolean[]): Changed {
  const count = (was: boolean, is: boolean) => before.filter((one, at) => one === was && after[at] === is).length;
  const [both, lost, gained, neither] = [
    count(true, true),
    count(true, false),
    count(false, true),
    count(false, false),
  ];
  const { difference, low, high } = pairedDifference(both, lost, gained, neither);
  return {
    without: rounded((both + lost) / before.length),
    with: rounded((both + gained) / before.length),
    difference: [rounded(difference), rounded(low), rounded(high)],
    gained,
    lost,
    p: rounded(mcnemar(lost, gained)),
  };
}

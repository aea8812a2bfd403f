import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { rankTables } from '#schemas-index/retrieve/retrieve.ts';
import { readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { indexPool } from '../retrieval-run.ts';
import { readArguments, rounded, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s fit:retrieval -- --tables FILE --questions FILE [--cache DIR] [--every N]
Tries values for the sharpness of the database probabilities (SHARPNESS in schemas-index/retrieve/retrieve.ts) on
training questions, and prints the log loss, the calibration error and the accuracy at each.
  --every N   use every Nth question (default 4)`;

const args = readArguments(USAGE, {
  tables: { type: 'string' },
  questions: { type: 'string' },
  cache: { type: 'string' },
  every: { type: 'string' },
});
if (!args.tables || !args.questions) stopWith(USAGE);

const every = Number(args.every ?? 4);
const questions = readQuestions(args.questions).filter((_, at) => at % every === 0);
const catalogs = readSpiderTables(args.tables);
const plain = openUseLite();
const embedder = args.cache ? cachedEmbedder(plain, args.cache) : plain;
const { index } = await indexPool({ catalogs }, { embedder, vectors: embeddedVectors }, (done, total) =>
  showProgress('embedded', done, total),
);

const scored: { readonly scores: readonly number[]; readonly right: number }[] = [];
for (const [at, question] of questions.entries()) {
  const [vector] = await embedder.embed([question.question]);
  const { databases } = rankTables(index, question.question, vector!, { limit: 1 });
  scored.push({
    scores: databases.map((one) => one.score),
    right: databases.findIndex((one) => one.databaseId === question.db_id),
  });
  if (at % 50 === 0) showProgress('ranked', at, questions.length);
}
await embedder.close();

const right = scored.filter((one) => one.right === 0).length / scored.length;
console.log(`${scored.length} questions, ${catalogs.length} databases, right database first: ${rounded(right)}`);
for (const sharpness of [1, 2, 3, 4, 5, 6, 8, 10]) {
  const probabilities = scored.map(({ scores }) => softmax(scores, sharpness));
  const loss = probabilities.reduce((sum, p, at) => sum - Math.log(Math.max(p[scored[at]!.right] ?? 0, 1e-4)), 0);
  const error = calibrationError(probabilities.map((p, at) => ({ claimed: p[0]!, right: scored[at]!.right === 0 })));
  console.log(`sharpness ${sharpness}: log loss ${rounded(loss / scored.length)}, calibration error ${rounded(error)}`);
}

function softmax(scores: readonly number[], sharpness: number): number[] {
  const weights = scores.map((score) => Math.exp(sharpness * (score - scores[0]!)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Expected calibration error over ten bins (metrics.md section 8). */
function calibrationError(claims: readonly { readonly claimed: number; readonly right: boolean }[]): number {
  const bins = Map.groupBy(claims, ({ claimed }) => Math.min(9, Math.floor(claimed * 10)));
  return [...bins.values()].reduce((sum, bin) => {
    const claimed = bin.reduce((total, one) => total + one.claimed, 0) / bin.length;
    const share = bin.filter((one) => one.right).length / bin.length;
    return sum + (Math.abs(claimed - share) * bin.length) / claims.length;
  }, 0);
}

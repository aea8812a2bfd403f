import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { embeddedBanks } from '#schemas-index/examples/embedded-bank.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import type { Answer } from '#src/domain/answer.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sqliteSource } from '#src/evaluation/data/databases.ts';
import { OutsideTime } from '#src/evaluation/runs/outside-time.ts';
import { answer } from '#src/pipeline/answer.ts';
import type { PipelineSettings } from '#src/pipeline/settings.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import { EXAMPLES } from './examples.ts';
import type { RecordedQuestion } from './questions.ts';

const never = new AbortController().signal;
const embedder = openUseLite();
const bank = embeddedBanks(EXAMPLES, embedder)([]);

/** Lets the process end. */
export const closeRecorded = (): Promise<void> => embedder.close();

/** Asks one recorded question through the whole pipeline, on its real database, with the given models. */
export async function askRecorded(
  question: RecordedQuestion,
  models: ModelRoles,
  settings: PipelineSettings,
): Promise<{ readonly given: Answer; readonly overheadMs: number }> {
  const source = sqliteSource(question.databases);
  const { product, close } = await source.open(question.databaseId);
  try {
    const extracted = await product.catalog({}, never);
    if (!extracted.ok) throw new Error(extracted.failure.kind);
    const index = await buildIndex([extracted.value], { embedder, vectors: embeddedVectors }, () => undefined, never);
    const outside = new OutsideTime();
    const started = performance.now();
    const given = await answer(
      {
        text: question.text,
        databaseId: question.databaseId,
        asker: OPERATOR,
        earlier: [],
        notDatabases: [],
        today: '2026-01-15',
      },
      {
        retriever: indexRetriever(index, embedder),
        database: () => outside.database(product),
        readable: () => [question.databaseId],
        outcomes: () => [],
        factsOf: () => ({}),
        askingPrice: () => 1,
        countTokens: openTokenizer(),
        models: outside.models(models),
        bankFor: () => bank,
      },
      { neverAsk: true, settings },
      never,
    );
    return { given, overheadMs: performance.now() - started - outside.ms };
  } finally {
    await close();
    await source.close();
  }
}

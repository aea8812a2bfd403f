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
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import type { PipelineSettings } from '#src/pipeline/settings.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { EXAMPLES } from './examples.ts';
import type { RecordedQuestion } from './questions.ts';

const never = new AbortController().signal;
const embedder = openUseLite();
const countTokens = openTokenizer();
const bank = embeddedBanks(EXAMPLES, embedder)([]);

interface Opened {
  readonly product: Database;
  readonly retriever: SchemaRetriever;
  close(): Promise<void>;
}

/** Databases with their index, opened once as a running bot holds them. */
const opened = new Map<string, Promise<Opened>>();

async function open({ databases, databaseId }: RecordedQuestion): Promise<Opened> {
  const source = sqliteSource(databases);
  const { product, close } = await source.open(databaseId);
  const extracted = await product.catalog({}, never);
  if (!extracted.ok) throw new Error(extracted.failure.kind);
  const index = await buildIndex([extracted.value], { embedder, vectors: embeddedVectors }, () => undefined, never);
  return {
    product,
    retriever: indexRetriever(index, embedder),
    close: async () => {
      await close();
      await source.close();
    },
  };
}

/** Lets the process end. */
export async function closeRecorded(): Promise<void> {
  for (const one of opened.values()) await (await one).close();
  opened.clear();
  await embedder.close();
}

/** Asks one recorded question through the whole pipeline, on its real database, with the given models. */
export async function askRecorded(
  question: RecordedQuestion,
  models: ModelRoles,
  settings: PipelineSettings,
): Promise<{ readonly given: Answer; readonly overheadMs: number }> {
  const { databaseId } = question;
  const held = opened.get(databaseId) ?? open(question);
  opened.set(databaseId, held);
  const { product, retriever } = await held;
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
      retriever,
      database: () => outside.database(product),
      readable: () => [question.databaseId],
      scopeOf: wholeScopes((id) => retriever.catalogOf(id)),
      pastAnswers: () => [],
      factsOf: () => ({}),
      askingPrice: () => 1,
      countTokens,
      models: outside.models(models),
      bankFor: () => bank,
    },
    { neverAsk: true, settings },
    never,
  );
  return { given, overheadMs: performance.now() - started - outside.ms };
}

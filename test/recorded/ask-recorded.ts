import { embeddedBanks } from '#schemas-index/examples/embedded-bank.ts';
import type { Answer } from '#src/domain/answer.ts';
import { ok } from '#src/domain/result.ts';
import { sqliteSource } from '#src/evaluation/data/databases.ts';
import { needed, openEmbedder, openRetriever, openTokenizer } from '#src/evaluation/parts.ts';
import { OutsideTime } from '#src/evaluation/runs/outside-time.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { answerPorts } from '#src/pipeline/answer-ports.ts';
import type { PipelineSettings } from '#src/pipeline/settings.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { asked } from '#test/support/question.ts';
import { EXAMPLES } from './examples.ts';
import type { RecordedQuestion } from './questions.ts';

const never = new AbortController().signal;
const embedder = openEmbedder();
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
  const catalog = needed(await product.catalog({}, never), databaseId);
  return {
    product,
    retriever: await openRetriever([catalog], embedder),
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
    asked(question.text, {
      intent: { kind: 'from', databaseId },
      calendar: { today: '2026-01-15' },
      runId: question.id,
    }),
    answerPorts({
      retriever,
      database: async () => ok(outside.database(product)),
      readable: [databaseId],
      scopeOf: wholeScopes((id) => retriever.catalogOf(id)),
      countTokens,
      models: outside.models(models),
      bank,
    }),
    { neverAsk: true, settings },
    never,
  );
  return { given, overheadMs: performance.now() - started - outside.ms };
}

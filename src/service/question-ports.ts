import type { ReaderViews } from '#src/access/reader-views.ts';
import type { Connections } from '#src/databases/connections.ts';
import { pausedBecause } from '#src/databases/pause.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { channelOf, type Question } from '#src/domain/question.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { ok } from '#src/domain/result.ts';
import { type AnswerPorts, answerPorts } from '#src/pipeline/answer-ports.ts';
import { priceIn } from '#src/pipeline/support/asking-price.ts';
import type { Database } from '#src/ports/database.ts';
import type { LoadedIndex } from '#src/ports/schema-indexes.ts';
import { auditedDatabase, personOf } from './audited.ts';
import type { ExamplesFor } from './examples.ts';
import type { ServiceParts } from './parts.ts';

/** A question back that nobody took up within this time counts as ignored. */
const TAKEN_UP_WITHIN_MS = 3_600_000;

type Parts = Pick<ServiceParts, 'store' | 'audit' | 'models' | 'reranker' | 'countTokens' | 'settings' | 'clock'>;

/** What one question is answered with, and what gives back the databases that it was asked of. */
export interface QuestionPorts {
  readonly ports: AnswerPorts;
  close(): Promise<void>;
}

/** The ports of one question: as its asker may see them and nothing else, every statement written down. */
export async function questionPorts(
  question: Question,
  { views, over }: { readonly views: ReaderViews; readonly over: LoadedIndex },
  parts: Parts,
  connections: Connections,
  examplesFor: ExamplesFor,
): Promise<QuestionPorts> {
  const { store, audit, models, reranker, countTokens, clock } = parts;
  const about = { run: question.runId, who: personOf(question), scopeDigest: views.digest };
  const databases = await store.databases();
  const { bank, verifiedIn } = await examplesFor(over, views);
  const opened: Database[] = [];
  const ports = answerPorts({
    retriever: views.retriever,
    readable: await openIn(views.readable, databases, parts),
    scopeOf: views.scopeOf,
    copiesOf: views.copiesOf,
    countTokens,
    async database(id) {
      const database = await connections.open(id);
      if (!database.ok) return database;
      opened.push(database.value);
      return ok(auditedDatabase(database.value, audit, about, clock.now));
    },
    pastAnswers: await store.pastAnswers(question.asker.teamId),
    async factsOf(id) {
      const owner = databases.find((one) => one.id === id)?.owner;
      const readAt = await store.readAt(id);
      return { ...(owner === undefined ? {} : { owner }), ...(readAt ? { readAt } : {}) };
    },
    askingPrice: await priceOf(question, parts),
    now: clock.elapsed,
    verifiedIn,
    ...(models ? { models: models.roles } : {}),
    ...(reranker ? { reranker } : {}),
    ...(bank ? { bank } : {}),
  });
  return {
    ports,
    async close() {
      await Promise.all(opened.map((database) => database.close()));
    },
  };
}

/** Those that are not paused. */
async function openIn(
  readable: readonly DatabaseId[],
  databases: readonly RegisteredDatabase[],
  { store }: Parts,
): Promise<readonly DatabaseId[]> {
  const open: DatabaseId[] = [];
  for (const database of databases)
    if (readable.includes(database.id) && !(await pausedBecause(database, store))) open.push(database.id);
  return readable.filter((id) => open.includes(id));
}

/** What a question back costs where this one is asked. */
async function priceOf({ asker, place }: Question, { store, settings, clock }: Parts): Promise<number> {
  const channel = channelOf(place);
  if (channel === undefined) return settings.questionPrice;
  const before = new Date(clock.now().getTime() - TAKEN_UP_WITHIN_MS);
  return priceIn(settings.questionPrice, await store.askedBack(asker.teamId, channel, before));
}

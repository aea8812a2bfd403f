import type { Answer } from '#src/domain/answer.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Progress } from '#src/domain/progress.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { answerPorts } from '#src/pipeline/answer-ports.ts';
import type { Database } from '#src/ports/database.ts';
import { type Asked, type AskOptions, questionOf } from './ask.ts';
import type { ServiceParts } from './parts.ts';

type Parts = Pick<
  ServiceParts,
  'opener' | 'indexOnce' | 'keptSchemas' | 'models' | 'countTokens' | 'settings' | 'clock' | 'newId' | 'identityOf'
>;

export type UnregisteredOptions = AskOptions & {
  readonly onProgress: Progress;
  /** Whether its schema, with its index, is kept for the next question; else nothing of it is. */
  readonly keep: boolean;
};

/** Reads the schema of a database that is not registered, or takes what was read of it before, and asks it. For the operator alone. */
export async function askUnregistered(
  address: string,
  asked: Omit<Asked, 'intent'>,
  parts: Parts,
  options: UnregisteredOptions,
  signal: AbortSignal,
): Promise<Result<Answer>> {
  const { opener, indexOnce, models, countTokens, settings, clock } = parts;
  const parsed = opener.parse(address);
  if (!parsed.ok) return parsed;
  const { name: id, url, password } = parsed.value;
  const opened = await opener.open({ id, url, ...(password === undefined ? {} : { secret: `plain:${password}` }) });
  if (!opened.ok) return opened;
  const { onProgress, keep, ...answering } = options;
  try {
    const schema = await schemaOf(opened.value, url, { keep, onProgress }, parts, signal);
    if (!schema.ok) return schema;
    const retriever = await indexOnce(schema.value.catalog, schema.value.indexFolder, onProgress, signal);
    await models?.learn(signal);
    const ports = answerPorts({
      retriever,
      database: async () => ok(opened.value),
      readable: [id],
      scopeOf: wholeScopes((databaseId) => retriever.catalogOf(databaseId)),
      countTokens,
      now: clock.elapsed,
      ...(models ? { models: models.roles } : {}),
    });
    const question = questionOf({ ...asked, intent: { kind: 'from', databaseId: id } }, parts);
    return ok(await answer(question, ports, { settings: settings.pipeline, ...answering }, signal));
  } catch (error) {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    throw error;
  } finally {
    await opened.value.close();
  }
}

/** The catalog that is kept of an address as long as its schema is the same, else one that is read now. */
async function schemaOf(
  database: Database,
  address: string,
  { keep, onProgress }: Pick<UnregisteredOptions, 'keep' | 'onProgress'>,
  { keptSchemas }: Pick<Parts, 'keptSchemas'>,
  signal: AbortSignal,
): Promise<Result<{ readonly catalog: DatabaseCatalog; readonly indexFolder?: string }>> {
  if (!keep) await keptSchemas.forget(address);
  // What keeps the stamp from being told keeps the catalog from being read, and is said then.
  const stamp = keep ? await database.schemaStamp(signal) : undefined;
  const place = stamp?.ok ? keptSchemas.at(address, stamp.value) : undefined;
  const kept = await place?.read();
  if (place && kept) return ok({ catalog: kept, indexFolder: place.indexFolder });
  const onTable = (done: number, total: number) => onProgress('reading tables', done, total);
  const read = await database.catalog({ onTable }, signal);
  if (!read.ok) return read;
  return ok(
    place ? { catalog: await place.keep(read.value), indexFolder: place.indexFolder } : { catalog: read.value },
  );
}

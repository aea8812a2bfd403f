import type { Answer } from '#src/domain/answer.ts';
import type { Progress } from '#src/domain/progress.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { answerPorts } from '#src/pipeline/answer-ports.ts';
import { type Asked, type AskOptions, questionOf } from './ask.ts';
import type { ServiceParts } from './parts.ts';

type Parts = Pick<
  ServiceParts,
  'opener' | 'indexOnce' | 'models' | 'countTokens' | 'settings' | 'clock' | 'newId' | 'identityOf'
>;

/** Reads the schema of a database that is not registered, asks it, and leaves nothing behind. For the operator alone. */
export async function askUnregistered(
  address: string,
  asked: Omit<Asked, 'intent'>,
  parts: Parts,
  options: AskOptions & { readonly onProgress: Progress },
  signal: AbortSignal,
): Promise<Result<Answer>> {
  const { opener, indexOnce, models, countTokens, settings, clock } = parts;
  const parsed = opener.parse(address);
  if (!parsed.ok) return parsed;
  const { name: id, url, password } = parsed.value;
  const opened = await opener.open({ id, url, ...(password === undefined ? {} : { secret: `plain:${password}` }) });
  if (!opened.ok) return opened;
  const { onProgress, ...answering } = options;
  try {
    const onTable = (done: number, total: number) => onProgress('reading tables', done, total);
    const catalog = await opened.value.catalog({ onTable }, signal);
    if (!catalog.ok) return catalog;
    const retriever = await indexOnce(catalog.value, onProgress, signal);
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

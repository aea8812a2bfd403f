import type { Querent } from './compose.ts';
import { ok, type Result } from './domain/result.ts';
import { scrub } from './domain/scrub.ts';
import { type SlackBot, startSlack } from './slack/start-slack.ts';

export interface BotTokens {
  readonly botToken: string;
  readonly appToken: string;
  readonly apiUrl?: string;
}

/** Connects a composed Querent to Slack, or to what speaks Slack's API at `apiUrl`. One bot at a time answers from a state. */
export async function startBot(
  querent: Querent,
  tokens: BotTokens,
  prompts: readonly string[] = [],
  print: (line: string) => void = (line) => console.error(line),
): Promise<Result<SlackBot>> {
  void querent.warm();
  const held = querent.holdState();
  if (!held.ok) return held;
  const started = await startSlack({
    ...tokens,
    store: querent.store,
    calendar: querent.calendar,
    answer: (question, options, signal) => querent.answer(question, options, signal),
    rows: (databaseId, sql, limits, reader) =>
      querent.rows(databaseId, sql, limits, reader, new AbortController().signal),
    permits: querent.permits,
    audienceCovers: (answer, reader) => querent.audienceCovers(answer, reader, 'posted'),
    mayShare: (answer, reader) => querent.audienceCovers(answer, reader, 'shared'),
    explainStep: querent.explainStep,
    admins: querent.admins,
    forget: (teamId) => void querent.forget(teamId),
    prompts: () => prompts,
    newId: () => crypto.randomUUID(),
    now: () => new Date(),
    log: (line) => print(scrub(`${new Date().toISOString()} ${line}`)),
  });
  if (!started.ok) {
    held.value();
    return started;
  }
  return ok({
    async stop() {
      await started.value.stop();
      held.value();
    },
  });
}

import type { Querent } from './compose.ts';
import { scrub } from './domain/scrub.ts';
import { type SlackBot, startSlack } from './slack/start-slack.ts';

export interface BotTokens {
  readonly botToken: string;
  readonly appToken: string;
  readonly apiUrl?: string;
}

/** Connects a composed Querent to Slack, or to what speaks Slack's API at `apiUrl`. */
export function startBot(querent: Querent, tokens: BotTokens, prompts: readonly string[] = []): Promise<SlackBot> {
  void querent.warm();
  return startSlack({
    ...tokens,
    store: querent.store,
    answer: (question, options, signal) => querent.answer(question, options, signal),
    rows: (databaseId, sql, limits, reader) =>
      querent.rows(databaseId, sql, limits, reader, new AbortController().signal),
    permits: querent.permits,
    audienceCovers: (answer, reader) => querent.audienceCovers(answer, reader, 'posted'),
    mayShare: (answer, reader) => querent.audienceCovers(answer, reader, 'shared'),
    explainStep: querent.explainStep,
    forget: (teamId) => void querent.forget(teamId),
    prompts: () => prompts,
    newId: () => crypto.randomUUID(),
    now: () => new Date(),
    log: (message, error) =>
      console.error(scrub(`${new Date().toISOString()} ${message}${error ? `: ${kindOf(error)}` : ''}`)),
  });
}

/** What of an error goes to the log: its name and code. Its text may hold cell values or addresses. */
function kindOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  return [name ?? 'Error', code].filter(Boolean).join(' ');
}

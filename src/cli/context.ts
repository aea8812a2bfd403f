import type { Config } from '#src/config/env.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import type { Querent } from '#src/service/querent.ts';
import type { ExitCode } from '#src/terminal/command.ts';
import type { Terminal } from '#src/terminal/terminal.ts';

/** What every command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The settings, read when a command wants them: help is had whatever is set, and at once. Rejects with a ConfigError that has every fault. */
  readonly config: () => Promise<Config>;
}

/** Opens Querent for one command, and closes it whatever comes of that. */
export const withQuerent = (
  context: CommandContext,
  work: (querent: Querent, config: Config) => Promise<ExitCode>,
): Promise<ExitCode> => whileOpen(context, work);

/** The same for a part of a command. */
export async function whileOpen<T>(
  { terminal, config }: CommandContext,
  work: (querent: Querent, config: Config) => Promise<T>,
): Promise<T> {
  const settings = await config();
  const { compose } = await import('#src/compose.ts'); // it brings every adapter, which help does not want
  const querent = compose(settings, terminal.complain);
  try {
    return await work(querent, settings);
  } finally {
    await querent.close();
  }
}

/** Tells what kept a command from what it was asked for, and ends it. */
export function failed({ terminal }: CommandContext, failure: Failure): ExitCode {
  terminal.complain(sayToOperator(failure));
  return 1;
}

/** A registered database by its name; the failure names those that there are. */
export async function registered(querent: Querent, name: DatabaseId): Promise<Result<RegisteredDatabase>> {
  const known = await querent.databases.list();
  const found = known.find((one) => one.id === name);
  return found ? ok(found) : fail({ kind: 'unknown-database', name, known: known.map((one) => one.id) });
}

/** `1 question`, `2 questions`. */
export const counted = (count: number, what: string) =>
  `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;

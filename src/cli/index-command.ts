import { parseArgs } from 'node:util';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { complain, type ExitCode, progressBar, untilInterrupted } from './terminal.ts';

export const INDEX_USAGE = `querent index [--db NAME] [--rebuild]
  Reads the schemas of all registered databases (or of one) again and rebuilds the index. Answers go on meanwhile:
  the new index replaces the old one only when it is complete. --rebuild says the same and is there for habit.`;

export async function indexCommand(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: { db: { type: 'string' }, rebuild: { type: 'boolean' } } });
  const querent = compose(config);
  try {
    const indexed = await querent.index(values.db, progressBar(), untilInterrupted());
    if (!indexed.ok) {
      complain(sayFailure(indexed.failure));
      return 1;
    }
    for (const failure of indexed.value.failures) complain(sayFailure(failure));
    for (const warning of indexed.value.warnings) complain(warning);
    console.log(
      `Indexed ${indexed.value.databases} databases, ${indexed.value.tables} tables, ${indexed.value.columns} columns.`,
    );
    return indexed.value.failures.length ? 1 : 0;
  } finally {
    await querent.close();
  }
}

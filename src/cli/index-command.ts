import { parseArgs } from 'node:util';
import { compose } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { complain, type ExitCode, progressBar, untilInterrupted } from './terminal.ts';

export const INDEX_USAGE = `querent index [verify] [--db NAME] [--rebuild]
  Reads the schemas of all registered databases (or of one) again and, where one has changed, builds the index anew.
  Only new texts are embedded; an interrupted run goes on where it stopped; answers go on from the old index meanwhile.
  verify      checks the stored index and changes nothing
  --rebuild   builds even if nothing changed`;

export async function indexCommand(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { db: { type: 'string' }, rebuild: { type: 'boolean' } },
  });
  if (positionals.length > 1 || (positionals[0] ?? 'verify') !== 'verify') {
    complain(`Usage: ${INDEX_USAGE}`);
    return 2;
  }
  const querent = compose(config);
  try {
    return positionals.length ? await verify(querent) : await build(querent, values);
  } finally {
    await querent.close();
  }
}

async function build(
  querent: ReturnType<typeof compose>,
  { db, rebuild }: { readonly db?: string | undefined; readonly rebuild?: boolean | undefined },
): Promise<ExitCode> {
  const options = { ...(db === undefined ? {} : { only: db }), ...(rebuild ? { rebuild } : {}) };
  const indexed = await querent.index(options, progressBar(), untilInterrupted());
  if (!indexed.ok) {
    complain(sayToOperator(indexed.failure));
    if (indexed.failure.kind === 'cancelled')
      complain('Answers are as before. Run `querent index` to go on; what was embedded is kept.');
    return 1;
  }
  const { built, databases, tables, columns, failures, warnings } = indexed.value;
  for (const failure of failures) complain(sayToOperator(failure));
  for (const warning of warnings) complain(warning);
  const size = `${databases} databases, ${tables} tables, ${columns} columns`;
  console.log(
    built ? `Indexed ${size}.` : `No schema has changed; the index holds ${size}. --rebuild builds it anyway.`,
  );
  return failures.length ? 1 : 0;
}

async function verify(querent: ReturnType<typeof compose>): Promise<ExitCode> {
  const verified = await querent.verify(untilInterrupted());
  if (!verified.ok) {
    complain(
      verified.failure.kind === 'index-missing'
        ? 'There is no index of the schemas as they are now. Run `querent index`.'
        : sayToOperator(verified.failure),
    );
    return 1;
  }
  const { checked, faults } = verified.value;
  for (const one of checked) console.log(`checked: ${one}`);
  for (const fault of faults) complain(`fault: ${fault}`);
  console.log(faults.length ? 'The index is damaged. Run `querent index --rebuild`.' : 'The index is sound.');
  return faults.length ? 1 : 0;
}

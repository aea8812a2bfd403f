import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadBank } from '#schemas-index/examples/bank-file.ts';
import { compose, type Querent } from '#src/compose.ts';
import { readConfigFile } from '#src/config/declared.ts';
import type { Config } from '#src/config/env.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import type { RegisteredDatabase } from '#src/ports/store.ts';
import { DEFAULT_FILE } from './config-command.ts';
import { askAtTerminal, complain, type ExitCode, progressBar, untilInterrupted } from './terminal.ts';

export const REMOVE_USAGE = `querent remove DATABASE [--yes]
  Says what goes, asks for the name once more, and removes a database: its registration, catalog, part of the index, access rules, sealed
  password, and the questions answered from it with their SQL, verdicts and examples. The audit stays; the database itself is not touched.
  --yes  does not ask, for scripts`;

export async function remove(args: readonly string[], config: Config, ask = askAtTerminal): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { yes: { type: 'boolean' } },
  });
  const [id] = positionals;
  if (!id || positionals.length > 1) {
    complain(`Usage: ${REMOVE_USAGE}`);
    return 2;
  }
  const signal = untilInterrupted();
  const querent = compose(config);
  try {
    const known = querent.store.databases();
    const database = known.find((one) => one.id === id);
    if (!database) {
      complain(sayToOperator({ kind: 'unknown-database', name: id, known: known.map((one) => one.id) }));
      return 1;
    }
    for (const line of await whatGoes(database, querent, config)) console.log(line);
    if (!values.yes) {
      const typed = await ask(`Type ${id} to remove it: `, signal);
      if (typed !== id) {
        complain(
          typed === undefined ? `Nothing was removed: there is nobody to ask. --yes says it.` : 'Nothing was removed.',
        );
        return typed === undefined ? 2 : 1;
      }
    }
    return await removeFrom(querent, database, signal);
  } finally {
    await querent.close();
  }
}

async function removeFrom(querent: Querent, database: RegisteredDatabase, signal: AbortSignal): Promise<ExitCode> {
  const { id } = database;
  const before = { database, rules: rulesOf(querent, id) };
  querent.audit.append({ kind: 'change', who: OPERATOR, what: `removed ${id}`, before, after: null }, new Date());
  const removed = await querent.remove(id, progressBar(), signal);
  if (!removed.ok) {
    complain(sayToOperator(removed.failure));
    return 1;
  }
  const { questions, examples, warnings } = removed.value;
  for (const warning of warnings) complain(warning);
  console.log(`Removed ${id}, with ${counted(questions, 'question')} and ${counted(examples, 'example')}.`);
  if (declares(id))
    complain(`${DEFAULT_FILE} declares ${id}: \`querent config apply\` would register it again. Take it out there.`);
  return warnings.length ? 1 : 0;
}

async function whatGoes({ id, url, secret }: RegisteredDatabase, querent: Querent, config: Config): Promise<string[]> {
  const examples = (await loadBank(config.examplesFile)).filter((one) => one.databaseId === id).length;
  const tables = querent.catalogOf(id)?.tables.length;
  const password = secret === 'sealed' ? ', and its sealed password' : '';
  return [
    `Removing ${id} takes:`,
    `  its registration (${url})${password}`,
    `  ${tables === undefined ? 'no catalog: it was not indexed' : `its catalog of ${counted(tables, 'table')}, and its part of the index`}`,
    `  ${counted(rulesOf(querent, id).length, 'access rule')}`,
    `  ${counted(querent.store.questionsOf(id), 'question')} asked of it, with their SQL, verdicts and what was learnt from them`,
    ...(examples ? [`  ${counted(examples, 'example')} in ${config.examplesFile}`] : []),
    `The audit stays, and so does what was posted to Slack. The database itself is not touched.`,
    ...(/^(?:env|file):/.test(secret ?? '') ? [`Its password stays where it is (${secret}).`] : []),
    ...(declares(id) ? [`${DEFAULT_FILE} declares it, and would register it again.`] : []),
  ];
}

const rulesOf = ({ store }: Querent, id: string) => store.accessRules().filter((rule) => rule.databaseId === id);

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Whether the declared configuration here names a database. */
function declares(id: string): boolean {
  const declared = existsSync(DEFAULT_FILE) ? readConfigFile(DEFAULT_FILE) : undefined;
  return declared?.ok === true && declared.value.some(({ database }) => database.id === id);
}

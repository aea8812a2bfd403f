import { parseArgs } from 'node:util';
import { checkRules, unknownNames } from '#src/access/check-rules.ts';
import { compose, type Querent } from '#src/compose.ts';
import { type DeclaredDatabase, readConfigFile } from '#src/config/declared.ts';
import type { Config } from '#src/config/env.ts';
import { registerDatabase } from '#src/databases/register.ts';
import type { AccessRule } from '#src/domain/access.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { sayRule } from './access.ts';
import { complain, type ExitCode, progressBar, untilInterrupted } from './terminal.ts';

export const CONFIG_USAGE = `querent config check [FILE]
querent config apply [FILE]
  Checks a declared configuration (querent.config.yaml), each fault with its line; or registers its databases, replaces their
  rules by those declared, and indexes what is new. Databases that it does not name are left as they are. A rule that names a table or
  column that is not there is told, and the command ends with 1.`;

/** The declared configuration, where no other file is named. */
export const DEFAULT_FILE = 'querent.config.yaml';

export async function configCommand(args: readonly string[], config: Config): Promise<ExitCode> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [what, file = DEFAULT_FILE] = positionals;
  if ((what !== 'check' && what !== 'apply') || positionals.length > 2) {
    complain(`Usage: ${CONFIG_USAGE}`);
    return 2;
  }
  const declared = readConfigFile(file);
  if (!declared.ok) {
    complain(sayToOperator(declared.failure));
    return 1;
  }
  return what === 'check' ? check(file, declared.value, config) : apply(declared.value, config);
}

async function check(file: string, declared: readonly DeclaredDatabase[], config: Config): Promise<ExitCode> {
  const querent = compose(config);
  try {
    const rules = declared.flatMap((one) => one.rules);
    console.log(`${file}: ${declared.length} databases, ${rules.length} rules.`);
    const odd = checkRules(rules, querent.store.catalogs());
    for (const one of odd) console.log(one);
    return namesNothing(rules, querent) ? 1 : 0;
  } finally {
    await querent.close();
  }
}

async function apply(declared: readonly DeclaredDatabase[], config: Config): Promise<ExitCode> {
  const querent = compose(config);
  const signal = untilInterrupted();
  const { store } = querent;
  const { environment, sqliteFolders } = config;
  const context = { store, vault: querent.vault, environment, sqliteFolders, now: () => new Date() };
  let failed = false;
  try {
    for (const { database, rules, acceptWarnings } of declared) {
      const registered = await registerDatabase(database, acceptWarnings, context, signal);
      if (!registered.ok) {
        complain(`${database.id}: ${sayToOperator(registered.failure)}`);
        failed = true;
        continue;
      }
      const before = store.accessRules().filter((rule) => rule.databaseId === database.id);
      const what = `declared configuration of ${database.id}`;
      querent.audit.append({ kind: 'change', who: OPERATOR, what, before, after: { database, rules } }, new Date());
      store.saveAccessRules(database.id, rules);
      console.log(`Registered ${database.id}.`);
      for (const rule of rules) console.log(`  ${sayRule(rule)}`);
    }
    const indexed = await querent.index({}, progressBar(), signal);
    if (!indexed.ok) {
      complain(sayToOperator(indexed.failure));
      return 1;
    }
    for (const failure of indexed.value.failures) complain(sayToOperator(failure));
    for (const odd of checkRules(store.accessRules(), store.catalogs())) complain(odd);
    const misnamed = namesNothing(
      declared.flatMap((one) => one.rules),
      querent,
    );
    return failed || misnamed || indexed.value.failures.length ? 1 : 0;
  } finally {
    await querent.close();
  }
}

/** Whether a rule names what its database, as it was last read, does not have: a deny so misspelt keeps nothing from anybody. */
const namesNothing = (rules: readonly AccessRule[], { catalogOf }: Querent): boolean =>
  rules.some((rule) => {
    const catalog = catalogOf(rule.databaseId);
    return catalog !== undefined && unknownNames(rule, catalog).length > 0;
  });

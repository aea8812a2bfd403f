import { parseArgs } from 'node:util';
import { accessViewFor, labelOf } from '#src/access/access-view.ts';
import { checkRules, didYouMean, unknownNames } from '#src/access/check-rules.ts';
import { compose, type Querent } from '#src/compose.ts';
import type { Config } from '#src/config/env.ts';
import { type AccessRule, granteeText, type Reader, readGrantee } from '#src/domain/access.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { complain, type ExitCode } from './terminal.ts';

const RULE_OPTIONS = `--to everyone|user:ID|group:ID|channel:ID [--team ID] [--tables T,…]`;

export const GRANT_USAGE = `querent grant DATABASE ${RULE_OPTIONS} [--hide T.C,…] [--own-rows T,…] [--shared]
  Lets somebody ask a database, or some tables of it. Nobody but the operator may ask one that is not granted.
  --hide      columns that this grant does not show
  --own-rows  tables of which the engine's row policies show each asker their rows (app.asker); refused where there are none
  --shared    for a channel: answers go there only when their asker shares them
  A table or column that the database does not have is refused, with the names most like it.`;

export const DENY_USAGE = `querent deny DATABASE ${RULE_OPTIONS} [--hide T.C,…]
  Keeps tables or, with --hide, columns from somebody, whatever is granted to them elsewhere.`;

export const REVOKE_USAGE = `querent revoke DATABASE --to everyone|user:ID|group:ID|channel:ID [--team ID] | --all
  Takes back every rule of a database about somebody, or all of its rules.`;

export const POLICY_USAGE = `querent policy [show|check] [DATABASE] [--json]
querent policy as user:ID[,group:ID,…] --team ID [--in CHANNEL]
  Shows the rules, says what is odd about them (names that nothing has, rules that undo each other), or what somebody would see.`;

const KNOWN = {
  to: { type: 'string' },
  team: { type: 'string' },
  tables: { type: 'string' },
  hide: { type: 'string' },
  'own-rows': { type: 'string' },
  shared: { type: 'boolean' },
  all: { type: 'boolean' },
} as const;

export const grant = (args: readonly string[], config: Config) => addRule('grant', GRANT_USAGE, args, config);
export const deny = (args: readonly string[], config: Config) => addRule('deny', DENY_USAGE, args, config);

async function addRule(
  effect: AccessRule['effect'],
  usage: string,
  args: readonly string[],
  config: Config,
): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: KNOWN });
  const [databaseId] = positionals;
  const to = readGrantee(values.to ?? '');
  const hide = values.hide === undefined ? undefined : columnsByTable(values.hide);
  // A list that an unset variable left empty would grant all, hide nothing or deny nothing.
  const isEmpty = [values.tables, values.hide, values['own-rows']].some(
    (text) => text !== undefined && !listOf(text).length,
  );
  if (
    !databaseId ||
    positionals.length > 1 ||
    !to ||
    hide === null ||
    isEmpty ||
    (values.shared && to.kind !== 'channel')
  ) {
    complain(`Usage: ${usage}`);
    return 2;
  }
  const rule: AccessRule = {
    effect,
    databaseId,
    to,
    ...(values.team === undefined ? {} : { teamId: values.team }),
    ...(values.tables === undefined ? {} : { tables: listOf(values.tables) }),
    ...(hide ? { hide } : {}),
    ...(values['own-rows'] === undefined ? {} : { ownRows: listOf(values['own-rows']) }),
    ...(values.shared ? { shared: true as const } : {}),
  };
  return withRules(config, databaseId, (rules, catalog) => {
    const faults = namingFaults(rule, catalog);
    if (faults.length) return { faults };
    const others = rules.filter((one) => JSON.stringify(one) !== JSON.stringify(rule));
    return { rules: [...others, rule], said: `${sayRule(rule)}.` };
  });
}

/** Why a rule cannot be taken: it names what its database does not have, or what cannot be looked up yet. */
function namingFaults(rule: AccessRule, catalog: DatabaseCatalog | undefined): readonly string[] {
  const { databaseId } = rule;
  if (catalog)
    return unknownNames(rule, catalog).map(
      ({ kind, name, near }) => `${databaseId} has no ${kind} ${name}.${didYouMean(near)}`,
    );
  // A deny whose table is misspelt would keep nothing from anybody.
  return rule.tables || rule.hide || rule.ownRows
    ? [
        `The schema of ${databaseId} has not been read yet, so its tables cannot be looked up. Run \`querent index --db ${databaseId}\` first.`,
      ]
    : [];
}

export async function revoke(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: KNOWN });
  const [databaseId] = positionals;
  const to = readGrantee(values.to ?? '');
  if (!databaseId || positionals.length > 1 || (!to && !values.all)) {
    complain(`Usage: ${REVOKE_USAGE}`);
    return 2;
  }
  return withRules(config, databaseId, (rules) => {
    const taken = (rule: AccessRule) =>
      values.all === true ||
      (granteeText(rule.to) === granteeText(to!) && (values.team === undefined || rule.teamId === values.team));
    const kept = rules.filter((rule) => !taken(rule));
    const count = rules.length - kept.length;
    return {
      rules: kept,
      said: count ? `${count} ${count === 1 ? 'rule' : 'rules'} taken back.` : 'There was no such rule.',
    };
  });
}

type RuleChange =
  | { readonly rules: readonly AccessRule[]; readonly said: string }
  | { readonly faults: readonly string[] };

/** Changes the rules of a registered database, and says what is odd about all of them. */
async function withRules(
  config: Config,
  databaseId: string,
  change: (rules: readonly AccessRule[], catalog: DatabaseCatalog | undefined) => RuleChange,
): Promise<ExitCode> {
  const querent = compose(config);
  try {
    const known = querent.store.databases().map((one) => one.id);
    if (!known.includes(databaseId)) {
      complain(sayToOperator({ kind: 'unknown-database', name: databaseId, known }));
      return 1;
    }
    const before = rulesOf(querent, databaseId);
    const changed = change(before, querent.catalogOf(databaseId));
    if ('faults' in changed) {
      for (const fault of changed.faults) complain(fault);
      complain('Nothing was stored.');
      return 2;
    }
    const { rules, said } = changed;
    querent.audit.append(
      { kind: 'change', who: OPERATOR, what: `access rules of ${databaseId}`, before, after: rules },
      new Date(),
    );
    querent.store.saveAccessRules(databaseId, rules);
    console.log(said);
    for (const oddity of checkRules(rules, querent.store.catalogs())) complain(oddity);
    return 0;
  } finally {
    await querent.close();
  }
}

const rulesOf = (querent: Querent, databaseId: string) =>
  querent.store.accessRules().filter((rule) => rule.databaseId === databaseId);

export async function policy(args: readonly string[], config: Config): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, team: { type: 'string' }, in: { type: 'string' } },
  });
  const [what = 'show', about] = positionals;
  const querent = compose(config);
  try {
    const rules = querent.store.accessRules();
    if (what === 'as') return showView(about ?? '', values.team, values.in, querent);
    if ((what !== 'show' && what !== 'check') || positionals.length > 2) {
      complain(`Usage: ${POLICY_USAGE}`);
      return 2;
    }
    const own = about === undefined ? rules : rules.filter((rule) => rule.databaseId === about);
    if (what === 'show') {
      if (values.json) console.log(JSON.stringify(own));
      else if (!own.length) console.log('Nothing is granted: only the operator, at this command line, may ask.');
      else for (const rule of own) console.log(sayRule(rule));
      return 0;
    }
    const odd = checkRules(own, querent.store.catalogs());
    for (const one of odd) console.log(one);
    if (!odd.length) console.log(`${own.length} rules, nothing odd about them.`);
    return odd.length ? 1 : 0;
  } finally {
    await querent.close();
  }
}

/** What somebody would see, database by database. */
function showView(who: string, team: string | undefined, channel: string | undefined, querent: Querent): ExitCode {
  const named = who.split(',').map(readGrantee);
  if (team === undefined || !who || named.some((one) => one === undefined || one.kind === 'channel')) {
    complain(`Usage: ${POLICY_USAGE}`);
    return 2;
  }
  const ids = (kind: 'user' | 'group') => named.flatMap((one) => (one?.kind === kind ? [one.id] : []));
  const [user] = ids('user');
  const reader: Reader = {
    teamId: team,
    ...(user === undefined ? {} : { userId: user }),
    groups: ids('group'),
    ...(channel === undefined ? {} : { channelId: channel }),
  };
  const rules = querent.store.accessRules().filter((rule) => !rule.shared);
  for (const catalog of querent.store.catalogs()) {
    const view = accessViewFor(catalog, rules, reader);
    if (!view) {
      console.log(`${catalog.databaseId}: nothing`);
      continue;
    }
    console.log(`${catalog.databaseId}: ${view.tables.length} of ${catalog.tables.length} tables`);
    for (const table of catalog.tables) {
      const label = labelOf(table);
      const hidden = view.hiddenColumns[label];
      if (!view.tables.includes(label)) console.log(`  not ${label}`);
      else if (hidden) console.log(`  ${label} without ${hidden.join(', ')}`);
    }
  }
  return 0;
}

const listOf = (text: string) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

/** `people.salary,people.ssn` → by table; null where one is no `table.column`. */
function columnsByTable(text: string): Record<string, string[]> | null {
  const byTable: Record<string, string[]> = {};
  for (const one of listOf(text)) {
    const dot = one.lastIndexOf('.');
    if (dot < 1 || dot === one.length - 1) return null;
    const table = one.slice(0, dot);
    byTable[table] = [...(byTable[table] ?? []), one.slice(dot + 1)];
  }
  return byTable;
}

/** `Everyone may ask shop (orders, products), without people.salary`. */
export function sayRule({ effect, databaseId, teamId, to, tables, hide = {}, ownRows, shared }: AccessRule): string {
  const who = `${granteeText(to)}${teamId === undefined ? '' : ` of ${teamId}`}`;
  const what = `${databaseId}${tables ? ` (${tables.join(', ')})` : ''}`;
  const columns = Object.entries(hide).flatMap(([table, list]) => list.map((column) => `${table}.${column}`));
  if (effect === 'deny')
    return `${who} may not see ${columns.length ? `${columns.join(', ')} of ${databaseId}` : what}`;
  const without = columns.length ? `, without ${columns.join(', ')}` : '';
  const rows = ownRows ? `, their own rows of ${ownRows.join(', ')}` : '';
  return `${who} may ${shared ? 'be shown answers from' : 'ask'} ${what}${without}${rows}`;
}

import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { type AccessRule, type Grantee, granteeText, readGrantee, withRule } from '#src/domain/access.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { readRuleEnd } from '#src/domain/rule-end.ts';
import { sayRule } from '#src/domain/say-rule.ts';
import { type ExitCode, nameList, runs } from '#src/terminal/command.ts';
import { type CommandContext, counted, failed, withQuerent } from './context.ts';

interface RuleFlags {
  readonly to: Grantee;
  readonly team?: string;
  readonly tables?: readonly string[];
  readonly hide?: Readonly<Record<string, readonly string[]>>;
  readonly ownRows?: readonly string[];
  readonly shared?: true;
  readonly until?: string;
}

const WHOM = 'everyone, user:ID, group:ID or channel:ID';

export const grant = (context: CommandContext) =>
  new Command('grant')
    .summary('let somebody ask a database')
    .description(
      `Lets somebody ask a database, or some tables of it. Nobody but the operator may ask one that is not granted. A
table or column that the database does not have is refused, with the names most like it.`,
    )
    .argument('<database>')
    .requiredOption('--to <whom>', WHOM, grantee)
    .option('--team <id>', 'in this workspace alone')
    .option('--tables <tables>', 'these tables; all, if left out', nameList)
    .option('--hide <columns>', 'columns (table.column) that this grant does not show', columnList)
    .option(
      '--own-rows <tables>',
      'tables of which the engine’s row policies show each asker their rows (app.asker); refused where there are none',
      nameList,
    )
    .option('--shared', 'for a channel: answers go there only when their asker shares them')
    .option('--until <end>', 'when it ends: 7d (days from now), a day such as 2027-01-31 (UTC) or an instant', end)
    .action(
      runs((id, flags, command) =>
        flags.shared && flags.to.kind !== 'channel'
          ? command.error('error: --shared is for a channel: --to channel:ID')
          : addRule('grant', id, flags, context),
      ),
    );

export const deny = (context: CommandContext) =>
  new Command('deny')
    .summary('keep tables or columns from somebody')
    .description('Keeps tables or, with --hide, columns from somebody, whatever is granted to them elsewhere.')
    .argument('<database>')
    .requiredOption('--to <whom>', WHOM, grantee)
    .option('--team <id>', 'in this workspace alone')
    .option('--tables <tables>', 'these tables; all, if left out', nameList)
    .option('--hide <columns>', 'these columns (table.column) alone', columnList)
    .action(runs((id, flags) => addRule('deny', id, flags, context)));

export const revoke = (context: CommandContext) =>
  new Command('revoke')
    .summary('take rules back')
    .description('Takes back every rule of a database about somebody, or all of its rules.')
    .argument('<database>')
    .option('--to <whom>', WHOM, grantee)
    .option('--team <id>', 'those of this workspace alone')
    .option('--all', 'all rules of the database')
    .action(
      runs((id, { to, team, all }, command) => {
        if (!to && !all) return command.error('error: say whose rules, with --to, or --all');
        const isTaken = (rule: AccessRule) =>
          all === true ||
          (to !== undefined &&
            granteeText(rule.to) === granteeText(to) &&
            (team === undefined || rule.teamId === team));
        return takeBack(id, isTaken, context);
      }),
    );

function grantee(text: string): Grantee {
  const read = readGrantee(text);
  if (read) return read;
  throw new InvalidArgumentError(`It is ${WHOM}.`);
}

function end(text: string): string {
  const read = readRuleEnd(text, new Date());
  if (read !== undefined) return read;
  throw new InvalidArgumentError('It is a number of days (7d), a day to come (2027-01-31) or an instant to come.');
}

/** `people.salary,people.ssn` → by table. */
function columnList(text: string): Readonly<Record<string, readonly string[]>> {
  const byTable: Record<string, readonly string[]> = {};
  for (const name of nameList(text)) {
    const dot = name.lastIndexOf('.');
    if (dot < 1 || dot === name.length - 1) throw new InvalidArgumentError('It names columns as table.column.');
    const table = name.slice(0, dot);
    byTable[table] = [...(byTable[table] ?? []), name.slice(dot + 1)];
  }
  return byTable;
}

function addRule(
  effect: AccessRule['effect'],
  databaseId: DatabaseId,
  { to, team, tables, hide, ownRows, shared, until }: RuleFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const rule: AccessRule = {
    effect,
    databaseId,
    to,
    ...(team === undefined ? {} : { teamId: team }),
    ...(tables ? { tables } : {}),
    ...(hide ? { hide } : {}),
    ...(ownRows ? { ownRows } : {}),
    ...(shared ? { shared } : {}),
    ...(until === undefined ? {} : { until }),
  };
  const added = (rules: readonly AccessRule[]) => withRule(rules, rule);
  return changeRules(databaseId, added, () => `${sayRule(rule, new Date())}.`, context);
}

function takeBack(
  databaseId: DatabaseId,
  isTaken: (rule: AccessRule) => boolean,
  context: CommandContext,
): Promise<ExitCode> {
  const left = (rules: readonly AccessRule[]) => rules.filter((rule) => !isTaken(rule));
  const said = (taken: number) => (taken ? `${counted(taken, 'rule')} taken back.` : 'There was no such rule.');
  return changeRules(databaseId, left, said, context);
}

/**
 * Changes the rules of a registered database, and says what is odd about all of them. `said` is told how many fewer
 * there are.
 */
function changeRules(
  id: DatabaseId,
  change: (rules: readonly AccessRule[]) => readonly AccessRule[],
  said: (fewer: number) => string,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  return withQuerent(context, async (querent) => {
    const changed = await querent.access.change(id, change, OPERATOR);
    switch (changed.kind) {
      case 'failed':
        return failed(context, changed.failure);
      case 'misnamed':
        for (const fault of [...changed.faults, 'Nothing was stored.']) terminal.complain(fault);
        return 2;
      case 'changed':
        terminal.print(said(changed.before - changed.after));
        for (const oddity of changed.oddities) terminal.complain(oddity);
        return 0;
    }
  });
}

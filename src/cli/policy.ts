import { Argument, Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { type Grantee, type Reader, readGrantee } from '#src/domain/access.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sayRule } from '#src/domain/say-rule.ts';
import type { ReadableDatabase } from '#src/service/access-service.ts';
import { runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';

export const policy = (context: CommandContext) =>
  new Command('policy')
    .summary('show the rules, what is odd about them, what somebody would see')
    .description('Shows the rules of who may ask what, says what is odd about them, or what somebody would see.')
    .addCommand(show(context), { isDefault: true })
    .addCommand(check(context))
    .addCommand(readableAs(context))
    .addCommand(costly(context));

const show = (context: CommandContext) =>
  new Command('show')
    .description('Shows the rules of a database, or of all.')
    .argument('[database]')
    .option('--json', 'print one JSON array')
    .action(
      runs((database, { json }) =>
        withQuerent(context, async (querent) => {
          const rules = await querent.access.rules(database);
          const lines = rules.length
            ? rules.map((rule) => sayRule(rule, new Date()))
            : ['Nothing is granted: only the operator, at this command line, may ask.'];
          context.terminal.print(json ? JSON.stringify(rules) : lines.join('\n'));
          return 0;
        }),
      ),
    );

const check = (context: CommandContext) =>
  new Command('check')
    .description(
      `Says what is odd about the rules: names that nothing has, rules that undo each other. Ends with 1 where anything
is.`,
    )
    .argument('[database]')
    .option('--json', 'print one JSON array of sentences')
    .action(
      runs((database, { json }) =>
        withQuerent(context, async (querent) => {
          const rules = await querent.access.rules(database);
          const odd = await querent.access.oddities(rules);
          const lines = odd.length ? odd : [`${rules.length} rules, nothing odd about them.`];
          context.terminal.print(json ? JSON.stringify(odd) : lines.join('\n'));
          return odd.length ? 1 : 0;
        }),
      ),
    );

const readableAs = (context: CommandContext) =>
  new Command('as')
    .description('Shows what somebody would see of every database.')
    .argument('<who>', 'user:ID,group:ID,…', people)
    .requiredOption('--team <id>', 'their workspace')
    .option('--in <channel>', 'the id of the channel that they ask in; a direct message, if left out')
    .action(
      runs((who, { team, in: channel }) =>
        withQuerent(context, async (querent) => {
          const readable = await querent.access.readableBy(readerOf(who, team, channel));
          for (const one of readable) context.terminal.print(readableText(one));
          return 0;
        }),
      ),
    );

const costly = (context: CommandContext) =>
  new Command('costly')
    .description(
      `Says who lets a query above the cost budget of a database run: whoever asks, by *Run anyway*, or its owner and the admins, who
are asked then.`,
    )
    .argument('<database>')
    .addArgument(new Argument('<who>', 'who says so').choices(['asker', 'owner'] as const))
    .action(
      runs((database, who) =>
        withQuerent(context, async (querent) => {
          const set = await querent.access.setCostlyBy(database, who, OPERATOR);
          if (!set.ok) return failed(context, set.failure);
          context.terminal.print(`Costly queries of ${database} run when ${SAYS_SO[who]} says so.`);
          return 0;
        }),
      ),
    );

const SAYS_SO = { asker: 'whoever asks', owner: 'its owner or an admin' } as const;

function people(text: string): readonly Grantee[] {
  return text.split(',').map((one) => {
    const named = readGrantee(one);
    if (named && named.kind !== 'channel') return named;
    throw new InvalidArgumentError('It names a person with their groups, as user:ID,group:ID.');
  });
}

function readerOf(who: readonly Grantee[], teamId: string, channelId: string | undefined): Reader {
  const ids = (kind: 'user' | 'group') => who.flatMap((one) => (one.kind === kind ? [one.id] : []));
  const [userId] = ids('user');
  return {
    teamId,
    ...(userId === undefined ? {} : { userId }),
    groups: ids('group'),
    ...(channelId === undefined ? {} : { channelId }),
  };
}

function readableText({ databaseId, tables }: ReadableDatabase): string {
  if (!tables.length) return `${databaseId}: nothing`;
  const shown = tables.filter(({ readable }) => readable);
  const lines = tables.flatMap(({ label, readable, hidden }) => {
    if (!readable) return [`  not ${label}`];
    return hidden.length ? [`  ${label} without ${hidden.join(', ')}`] : [];
  });
  return [`${databaseId}: ${shown.length} of ${tables.length} tables`, ...lines].join('\n');
}

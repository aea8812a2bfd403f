import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { type PermissionRequest, type RequestState, stateOf } from '#src/domain/permission-request.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { sayRuleEnd } from '#src/domain/rule-end.ts';
import type { Querent } from '#src/service/querent.ts';
import type { Verdict } from '#src/service/requests.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { type CommandContext, failed, withQuerent } from './context.ts';

export const requests = (context: CommandContext) =>
  new Command('requests')
    .summary('what people ask of owners and admins, and decide it')
    .description(
      `Shows what people ask: to be let ask a database, or to have a query run that is above its budget. What is decided here is
told to whoever asked, and their question answered, by the bot.`,
    )
    .addCommand(list(context), { isDefault: true })
    .addCommand(approve(context))
    .addCommand(decline(context));

const list = (context: CommandContext) =>
  new Command('list')
    .description('Shows the open ones, the latest first; with --all those that are over, too.')
    .option('--all', 'also those that are over')
    .option('--json', 'print one JSON array')
    .action(
      runs(({ all, json }) =>
        withQuerent(context, async (querent) => {
          const now = new Date();
          const known = await querent.requests.list();
          const shown = known.filter((one) => all === true || stateOf(one, now) === 'open');
          if (json) context.terminal.print(JSON.stringify(shown));
          else if (!shown.length) context.terminal.print('Nobody asks for anything.');
          else for (const one of shown) context.terminal.print(await requestText(one, querent, now));
          return 0;
        }),
      ),
    );

const approve = (context: CommandContext) =>
  new Command('approve')
    .description('Approves a request: what was asked is then answered by itself.')
    .argument('<request>', 'its id, or how that begins')
    .option('--days <days>', 'of access: for so many days; for ever, if left out', days)
    .option('--db <database>', 'of access: to this database, where the request is about another or none')
    .action(
      runs((id, { days: count, db }) =>
        decide(
          id,
          {
            kind: 'approve',
            ...(count === undefined ? {} : { days: count }),
            ...(db === undefined ? {} : { databaseId: db }),
          },
          context,
        ),
      ),
    );

const decline = (context: CommandContext) =>
  new Command('decline')
    .description('Declines a request; whoever asked is told, with the reason.')
    .argument('<request>', 'its id, or how that begins')
    .option('--reason <text>', 'why, for whoever asked')
    .action(runs((id, { reason }) => decide(id, { kind: 'decline', ...(reason ? { reason } : {}) }, context)));

function days(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count < 10_000) return count;
  throw new InvalidArgumentError('It is a number of days.');
}

function decide(begins: string, verdict: Verdict, context: CommandContext): Promise<ExitCode> {
  return withQuerent(context, async (querent) => {
    const known = (await querent.requests.list()).filter(({ id }) => id.startsWith(begins));
    const [request] = known;
    if (!request) return failed(context, { kind: 'no-such-request' });
    if (known.length > 1) {
      context.terminal.complain(`${known.length} requests begin with ${begins}. Give more of the id.`);
      return 2;
    }
    const decided = await querent.requests.decide(request.id, verdict, OPERATOR);
    if (!decided.ok) return failed(context, decided.failure);
    context.terminal.print(await requestText(decided.value, querent, new Date()));
    return 0;
  });
}

/** `1a2b3c4d open: U0MILES asks for access to shop ("How many refunds?")`. */
async function requestText(request: PermissionRequest, { requests: service }: Querent, now: Date): Promise<string> {
  const { id, userId, wants, databaseId, reason, expiresAt } = request;
  const asked = (await service.questionsOf(request)).map((run) => `  “${run.result?.text ?? run.text}”`);
  const what =
    wants.kind === 'access'
      ? `asks for access to ${databaseId ?? 'a database that is not clear from the question'}`
      : `asks to run a query on ${databaseId} above its budget (${wants.costs})`;
  const steps = (await service.stepsOf(request)).map((step, at) => `  ${at + 1}. ${step}`);
  const why = reason ? [`  Why: ${reason}`] : [];
  const state = stateOf(request, now);
  const end = state === 'open' ? `, until ${expiresAt.slice(0, 10)}` : '';
  return [
    `${id.slice(0, 8)} ${outcome(request, state, now)}${end}: ${userId} ${what}`,
    ...asked,
    ...steps,
    ...why,
  ].join('\n');
}

function outcome({ decision }: PermissionRequest, state: RequestState, now: Date): string {
  if (decision?.kind === 'declined') return `declined by ${decision.by}`;
  if (decision?.kind === 'approved')
    return `approved by ${decision.by}${decision.until === undefined ? '' : ` ${sayRuleEnd(decision.until, now)}`}`;
  return state;
}

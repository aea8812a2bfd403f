import type { App } from '@slack/bolt';
import { z } from 'zod';
import { didYouMean, nearestNames } from '#src/domain/likeness.ts';
import { SECRET_ADVICE, secretIn } from '#src/domain/secret-text.ts';
import { ADMIN_COMMANDS } from './admin/commands.ts';
import { ASK_COMMANDS } from './ask/commands.ts';
import type { RawAct } from './modals/acts.ts';
import type { ActionPorts } from './press.ts';
import { type CommandCall, type Subcommand, sayCommands } from './subcommand.ts';
import { escapeMrkdwn } from './text.ts';

/** The subcommands that there are. What answers to one is a file of its own. */
const SUBCOMMANDS: readonly Subcommand[] = [...ASK_COMMANDS, ...ADMIN_COMMANDS];

const Command = z.object({
  team_id: z.string(),
  user_id: z.string(),
  channel_id: z.string(),
  trigger_id: z.string(),
  text: z.string().default(''),
});

/** Acknowledges the command at once and works after; a command that is delivered again is the same one (IDEM-2). */
export function registerCommand(app: App, ports: ActionPorts, subcommands = SUBCOMMANDS): void {
  app.command('/querent', async ({ ack, body, respond }) => {
    await ack();
    const read = Command.safeParse(body).data;
    if (!read) return;
    if (!(await ports.querent.runs.record(`command:${read.trigger_id}`, undefined, ports.now()))) return;
    const answer: CommandCall['answer'] = async (text, blocks) =>
      void (await respond({ response_type: 'ephemeral', text, ...(blocks ? { blocks: blocks as never } : {}) }));
    await runCommand(read, answer, ports, subcommands);
  });
}

async function runCommand(
  { team_id, user_id, channel_id, trigger_id, text }: z.infer<typeof Command>,
  answer: CommandCall['answer'],
  ports: ActionPorts,
  subcommands: readonly Subcommand[],
): Promise<void> {
  if (secretIn(text)) return answer(SECRET_ADVICE);
  const [, name = '', words = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  const found = subcommands.find((one) => one.name === (name.toLowerCase() || 'help'));
  if (!found) return answer(commandList(name, subcommands));
  const raw: RawAct = { team: team_id, user: user_id, triggerId: trigger_id, value: words, at: trigger_id };
  await found.run({ ...raw, channel: channel_id, words, answer, all: subcommands }, ports);
}

/** What there is; with a name that there is not, what was meant. */
function commandList(name: string, subcommands: readonly Subcommand[]): string {
  const near = didYouMean(
    nearestNames(
      name,
      subcommands.map((one) => one.name),
    ),
  );
  const unknown = name ? [`There is no \`/querent ${escapeMrkdwn(name)}\`.${escapeMrkdwn(near)}`] : [];
  return [...unknown, ...sayCommands(subcommands)].join('\n');
}

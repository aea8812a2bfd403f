import { sayFailure } from '#src/domain/failure.ts';
import { checkQuestion } from '#src/domain/question.ts';
import { readModeCommand } from '#src/domain/thread-mode.ts';
import { admitted, isAct } from '../modals/acts.ts';
import { readableIds } from '../modals/database-input.ts';
import type { AskingReader } from '../people.ts';
import type { ActionPorts } from '../press.ts';
import { type CommandCall, type Subcommand, sayCommands } from '../subcommand.ts';
import { escapeMrkdwn, readMessageText } from '../text.ts';
import { button, section } from '../views/message.ts';
import { ASK_HERE, ASK_PRIVATELY } from './ask-part.ts';
import { placeQuestion } from './place-question.ts';
import { statusLines } from './status.ts';

/** What everybody calls by name. */
export const ASK_COMMANDS: readonly Subcommand[] = [
  { name: 'ask', usage: 'ask QUESTION', does: 'ask here or in our direct message', run: forReader(ask) },
  {
    name: 'use',
    usage: 'use DATABASE',
    does: 'which database this channel is mostly about (admins); `use none` lets go of it',
    run: forReader(use),
  },
  {
    name: 'quiet',
    usage: 'quiet on|off',
    does: 'whether I answer in this channel only where mentioned',
    run: forReader(quiet),
  },
  {
    name: 'status',
    usage: 'status',
    does: 'what I am doing: questions, databases, the model server; for admins also what went wrong',
    run: forReader(status),
  },
  { name: 'help', usage: 'help', does: 'what you may ask, and how', run: forReader(help) },
];

type Work = (call: CommandCall, asker: AskingReader, ports: ActionPorts) => Promise<void>;

/** Direct messages, ours and those of two people, of which a command is told, too. */
const isDirect = ({ channel }: CommandCall) => channel.startsWith('D');

/** For whoever may ask; a guest is told that they may not, and somebody of another company hears nothing (PERM-3). */
function forReader(work: Work): Subcommand['run'] {
  return async (call, ports) => {
    const act = await admitted(call, ports);
    if (!isAct(act)) return act ? call.answer(escapeMrkdwn(sayFailure(act))) : undefined;
    await work(call, act.asker, ports);
  };
}

/** A channel is posted to only once whoever asks says so. The question travels in the buttons, which only they see. */
async function ask(call: CommandCall, _: AskingReader, ports: ActionPorts): Promise<void> {
  const text = readMessageText(call.words, '');
  const checked = checkQuestion(text);
  if (!checked.ok) return call.answer(escapeMrkdwn(sayFailure(checked.failure)));
  if (isDirect(call)) {
    const { team, user } = call;
    const why = await placeQuestion({ team, user, text, intent: { kind: 'any' } }, { kind: 'direct' }, ports);
    return call.answer(why ?? 'Your question is in our direct message; the answer comes below it.');
  }
  const prompt =
    'Where shall I answer? In the channel everybody sees your question, and the answer as far as they may.';
  await call.answer(prompt, [
    section(`${prompt}\n>${escapeMrkdwn(text)}`.slice(0, 2_800), 'where'),
    {
      type: 'actions',
      block_id: 'places',
      elements: [button('Post here', ASK_HERE, text), button('Answer privately', ASK_PRIVATELY, text)],
    },
  ]);
}

async function use(call: CommandCall, { reader }: AskingReader, ports: ActionPorts): Promise<void> {
  const name = call.words.trim();
  if (isDirect(call)) return call.answer('A database is chosen for a channel: send `/querent use DATABASE` there.');
  const { channel } = call;
  if (!name) return call.answer('Say which: `/querent use DATABASE`, or `/querent use none`.');
  const databaseId = name.toLowerCase() === 'none' ? undefined : name;
  const chosen = await ports.querent.chooseChannelDatabase({ channel, databaseId, by: reader });
  if (!chosen.ok) return call.answer(escapeMrkdwn(sayFailure(chosen.failure)));
  await call.answer(
    databaseId === undefined
      ? 'No database stands first in this channel any more.'
      : `Questions in this channel are taken to be about *${escapeMrkdwn(databaseId)}* where they may be. It lets nobody see more than before; \`/querent use none\` lets go of it.`,
  );
}

/** Of the whole channel: Slack takes no command in a thread. */
async function quiet(call: CommandCall, _: AskingReader, { querent }: ActionPorts): Promise<void> {
  if (isDirect(call)) return call.answer('In our direct message all that you write is for me.');
  const mode = readModeCommand(`quiet ${call.words.trim()}`.trim());
  if (mode === undefined) return call.answer('Say `/querent quiet on` or `/querent quiet off`.');
  await querent.conversations.setThreadMode(call.team, { channel: call.channel, thread: '' }, mode);
  await call.answer(
    mode === 'mention'
      ? 'In this channel I answer only where I am mentioned. `/querent quiet off` changes that; a thread that was told otherwise stays as it is.'
      : 'In this channel who asked me in a thread needs no mention to go on there. `/querent quiet on` changes that.',
  );
}

async function status(call: CommandCall, asker: AskingReader, { querent, stopping }: ActionPorts): Promise<void> {
  const found = await querent.status(asker, AbortSignal.any([stopping, AbortSignal.timeout(LOOK_MS)]));
  await call.answer(statusLines(found).join('\n'));
}

/** Whoever sent a command still waits for it. */
const LOOK_MS = 20_000;
const EXAMPLES = 3;

async function help(call: CommandCall, asker: AskingReader, ports: ActionPorts): Promise<void> {
  const [examples, ids] = await Promise.all([
    ports.querent.home.prompts(asker, EXAMPLES, []),
    readableIds(asker.reader, ports),
  ]);
  const named = ids.map((id) => `*${escapeMrkdwn(id)}*`).join(', ');
  const lines = [
    'Ask in plain words: mention me in a channel, or write me a direct message.',
    ...(examples.length ? ['For example:', ...examples.map((text) => `• ${escapeMrkdwn(text)}`)] : []),
    named ? `You may ask: ${named}.` : 'No database is shared with you yet. My Home says whom to ask.',
    'To make me quiet: `/querent quiet on` for a channel, “quiet” with a mention of me for one thread.',
    '',
    ...sayCommands(call.all),
  ];
  await call.answer(lines.join('\n'));
}

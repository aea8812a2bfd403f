import type { RunId } from '#src/domain/ids.ts';
import { queryOf, type Run } from '#src/domain/run.ts';
import { conversationKind } from './conversation-kind.ts';
import type { AskingReader } from './people.ts';
import { postOnce } from './poster.ts';
import { type ActionPorts, type Press, pressPosting, whisper } from './press.ts';
import { askerOf, placeOfReader } from './run-question.ts';
import { escapeMrkdwn } from './text.ts';
import { answerView } from './views/answer-view.ts';
import type { Message } from './views/message.ts';

/** Sharing of private answers. A second press while the first is under way would find nothing posted yet, and post it twice. */
export function openSharing(): (press: Press, ports: ActionPorts) => Promise<void> {
  const underWay = new Set<RunId>();
  return async (press, ports) => {
    const { run, user } = press;
    if (user !== run.user) return whisper(ports, run, user, `Only <@${run.user}> can share it.`);
    if (underWay.has(run.id)) return whisper(ports, run, user, 'It is being shared.');
    underWay.add(run.id);
    try {
      await share(press, ports);
    } finally {
      underWay.delete(run.id);
    }
  };
}

/** Posts a private answer where it was asked, after its asker's rights and the channel's were looked at again. */
async function share({ run, user, asker }: Press, ports: ActionPorts): Promise<void> {
  const posting = pressPosting(ports, run);
  const { siblingTeams } = ports.querent.runSettings;
  const audience = await conversationKind(ports.clients.lookups, run.channel, posting.patience, siblingTeams);
  const isTheirs = asker.reader.channelId === run.channel;
  const message = audience === 'internal' && isTheirs ? await sharedAnswer(run, asker, ports) : undefined;
  if (!message || !run.result) return whisper(ports, run, user, 'That may not be shared there.');
  const { movedTo: _, ...result } = run.result;
  const posted = await postOnce(posting, { ...run, result }, 'shared', message);
  if (posted.ok) return;
  const code = escapeMrkdwn(posted.fault.code);
  await whisper(ports, run, user, `Slack did not take it there (${code}). Please try again.`);
}

/** The answer of a run for its channel, its query run again with the sharer's rights; nothing where it may not go there. */
async function sharedAnswer(
  run: Run,
  asker: AskingReader,
  { querent, stopping }: ActionPorts,
): Promise<Message | undefined> {
  const query = queryOf(run.result);
  if (!query) return undefined;
  const asked = {
    text: run.result?.text ?? run.text,
    asker: askerOf(asker),
    place: placeOfReader(asker),
    intent: { kind: 'chosen', ...query, costAccepted: false },
  } as const;
  const answer = await querent.ask(asked, {}, stopping);
  if (answer.kind !== 'answer' || !(await querent.audienceCovers(answer, asker.reader, 'shared'))) return undefined;
  const { reading: _, ...bare } = answer;
  const reading = await querent.readingFor(answer, asker.reader, 'shared');
  return answerView(reading ? { ...bare, reading } : bare, { runId: run.id, asker: run.user, direct: false });
}

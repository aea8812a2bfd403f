import { sayFailure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { ReadableDatabase } from '#src/service/access-service.ts';
import { conversationKind } from '../conversation-kind.ts';
import { slackLimits } from '../limits.ts';
import { mayNot, patienceOf } from '../modals/acts.ts';
import { textIn } from '../modals/form-values.ts';
import { channelInput, userInput } from '../modals/inputs.ts';
import type { Fill } from '../modals/show-modal.ts';
import type { Submission, Submit } from '../modals/submissions.ts';
import { type ModalView, modal, noticeView } from '../modals/view.ts';
import type { ActionPorts } from '../press.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { button, section } from '../views/message.ts';

const SEE = 'What somebody sees';
/** Tables told one by one. */
const TABLES_TOLD = 60;

export const seeAsForm: Fill = async (act, ports) => {
  const refused = await mayNot(act, ports, act.value);
  if (refused) return noticeView(SEE, sayFailure(refused));
  return modal({
    title: SEE,
    about: act.value,
    submit: { callbackId: 'querent_access_see', label: 'Show' },
    blocks: [
      userInput('person', { label: 'As', optional: true }),
      channelInput('channel', { label: 'In the channel', optional: true, hint: 'A direct message, if left empty.' }),
    ],
  });
};

export const seeAs: Submit = async (submission, ports) => {
  const { view } = submission;
  const [person, channel] = [textIn(view.values, 'person'), textIn(view.values, 'channel')];
  if (person === undefined && channel === undefined)
    return { kind: 'errors', errors: { person: 'Choose a person, a channel or both.' } };
  const refused = await mayNot(submission, ports, view.about);
  if (refused) return { kind: 'errors', errors: { person: sayFailure(refused) } };
  // Who somebody is may take Slack a while; the form gives way to what comes of it.
  return {
    kind: 'show',
    view: modal({ title: SEE, blocks: [section('Looking …', 'looking')] }),
    after: async (shown) => void (await shown.put(await seen(submission, { person, channel }, ports))),
  };
};

async function seen(
  { team, view }: Submission,
  { person, channel }: { readonly person: string | undefined; readonly channel: string | undefined },
  ports: ActionPorts,
): Promise<ModalView> {
  const id = view.about;
  const who = whoText(person, channel);
  const { siblingTeams } = ports.querent.runSettings;
  if (
    channel !== undefined &&
    (await conversationKind(ports.clients.lookups, channel, patienceOf(ports), siblingTeams)) !== 'internal'
  )
    return seenView(id, `${who} see nothing: no data is shown in a channel that is shared with another company.`);
  const admitted = person === undefined ? undefined : await ports.people.admit(team, person, channel);
  if (admitted && admitted.kind !== 'reader')
    return seenView(id, `${who} see nothing: only full members of this workspace are answered.`);
  const reader = admitted?.reader ?? { teamId: team, ...(channel === undefined ? {} : { channelId: channel }) };
  const readable = (await ports.querent.access.readableBy(reader)).find(({ databaseId }) => databaseId === id);
  return seenView(id, readableText(who, readable));
}

const whoText = (person: string | undefined, channel: string | undefined): string => {
  const where = channel === undefined ? '' : ` in <#${escapeMrkdwn(channel)}>`;
  return person === undefined ? `All who read <#${escapeMrkdwn(channel ?? '')}>` : `<@${escapeMrkdwn(person)}>${where}`;
};

const seenView = (id: DatabaseId, text: string): ModalView =>
  modal({
    title: SEE,
    blocks: [
      section(cut(text, slackLimits.sectionText), 'seen'),
      {
        type: 'actions',
        block_id: 'seen-do',
        elements: [
          button('Somebody else', 'querent_access_see', id),
          button('Back to the rules', 'querent_access_back', id),
        ],
      },
    ],
  });

/** What is readable of a database and what is not, by table, with what is hidden of each. */
export function readableText(who: string, readable: ReadableDatabase | undefined): string {
  const tables = readable?.tables ?? [];
  const shown = tables.filter((table) => table.readable);
  if (!shown.length) return `*${who}* may ask nothing of it.`;
  const lines = shown.slice(0, TABLES_TOLD).map(({ label, hidden }) => {
    const without = hidden.length ? ` without ${hidden.map(escapeMrkdwn).join(', ')}` : '';
    return `• ${escapeMrkdwn(label)}${without}`;
  });
  const more = shown.length > TABLES_TOLD ? [`and ${shown.length - TABLES_TOLD} more`] : [];
  const kept = tables.filter((table) => !table.readable).map(({ label }) => escapeMrkdwn(label));
  const not = kept.length
    ? [`Not: ${kept.slice(0, TABLES_TOLD).join(', ')}${kept.length > TABLES_TOLD ? ' …' : ''}`]
    : [];
  return [`*${who}* may ask ${shown.length} of ${tables.length} tables:`, ...lines, ...more, ...not].join('\n');
}

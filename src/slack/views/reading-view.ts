import { PART_NAMES, type Reading, type ReadingPart } from '#src/domain/reading.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Block, context, plain } from './message.ts';

/** Characters of what a part says where its changes are listed. */
const GROUP_WORDS = 60;

/** The line that says how an answer was read, and one list of all that can be changed of it, by part. */
export function readingBlocks(reading: Reading, runId: string, id: (name: string) => string): readonly Block[] {
  const said = reading.line.map(({ text, isName }) => (isName ? bold(text) : escapeMrkdwn(text))).join('');
  return [context([`Read as: ${cut(said, slackLimits.readingLine)}`], id('reading')), ...changes(reading, runId, id)];
}

/** What is bold in mrkdwn must neither begin nor end with a blank. */
const bold = (text: string) => (text.trim() === '' ? escapeMrkdwn(text) : `*${escapeMrkdwn(text.trim())}*`);

function changes(reading: Reading, runId: string, id: (name: string) => string): Block[] {
  const select = changeSelect(reading, runId, 'querent_reading');
  return select ? [{ type: 'actions', block_id: id('change'), elements: [select] }] : [];
}

/** One list of all that can be changed of a reading; nothing where nothing can. */
export function changeSelect({ parts }: Reading, runId: string, actionId: string): Record<string, unknown> | undefined {
  const groups = parts.flatMap((part) => groupOf(part, runId));
  return groups.length
    ? {
        type: 'static_select',
        action_id: actionId,
        placeholder: plain('Change how it was read'),
        option_groups: groups.slice(0, slackLimits.selectOptions),
      }
    : undefined;
}

function groupOf({ kind, words, edits }: ReadingPart, runId: string) {
  const options = edits.flatMap((edit) => {
    const value = `${runId}:${edit.id}`;
    return value.length > slackLimits.optionValue
      ? []
      : [{ text: plain(cut(edit.words, slackLimits.optionText)), value }];
  });
  if (!options.length) return [];
  return [{ label: plain(cut(`${PART_NAMES[kind]}: ${cut(words, GROUP_WORDS)}`, slackLimits.optionText)), options }];
}

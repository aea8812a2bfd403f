import { escapeMrkdwn } from '../text.ts';
import { button, type Message, section } from './message.ts';

/** What was stopped, and how to go on. */
export function stoppedView(says: string, runId: string): Message {
  const text = escapeMrkdwn(says);
  return {
    text,
    blocks: [
      section(text, `stopped-${runId}`),
      {
        type: 'actions',
        block_id: `again-${runId}`,
        elements: [
          button('Ask again', 'querent_rerun', runId),
          button('Edit question', 'querent_edit_question', runId),
        ],
      },
    ],
  };
}

/** What came while we were offline, and how to have it answered. */
export function lateView(runId: string): Message {
  const text = 'I was offline; ask again.';
  const runNow = button('Run now', 'querent_run_now', runId);
  return {
    text,
    blocks: [section(text, `late-${runId}`), { type: 'actions', block_id: `run-${runId}`, elements: [runNow] }],
  };
}

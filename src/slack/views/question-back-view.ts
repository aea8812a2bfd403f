import type { RunResult } from '#src/domain/run.ts';
import { slackLimits } from '../limits.ts';
import { cut, escapeMrkdwn } from '../text.ts';
import { type Block, button, context, type Message, section } from './message.ts';

type QuestionBack = Extract<RunResult, { readonly kind: 'question-back' }>;

/** A question back that nobody took up in time: what was asked, that it is over, and the buttons, which ask anew. */
export const expiredView = (back: QuestionBack, runId: string, hours: number): Message =>
  withButtons(
    back,
    runId,
    `Nobody chose within ${hours} ${hours === 1 ? 'hour' : 'hours'}, so this question is closed. A press asks it anew.`,
  );

/** A question back whose choice was taken back before it came to anything. */
export const openAgainView = (back: QuestionBack, runId: string): Message =>
  withButtons(back, runId, 'What was chosen was taken back. Choose one, or reply in words.');

function withButtons({ about, prompt, options }: QuestionBack, runId: string, says: string): Message {
  const buttons = [
    ...options.map(({ label }, at) =>
      button(cut(label, slackLimits.buttonText), `querent_choose_${at}`, `${runId}:${at}`),
    ),
    ...(about === 'database' ? [button('None of these', 'querent_choose_none', `${runId}:none`)] : []),
  ];
  const blocks: readonly Block[] = [
    section(`*${escapeMrkdwn(prompt)}*`, `ask-${runId}`),
    context([says], `says-${runId}`),
    { type: 'actions', block_id: `choose-${runId}`, elements: buttons },
  ];
  return { text: cut(escapeMrkdwn(`${prompt} ${says}`), slackLimits.fallbackText), blocks };
}

import type { Remedy } from '#src/domain/answer.ts';
import { slackLimits } from '../limits.ts';
import { cut } from '../text.ts';
import { type Block, button } from './message.ts';

/** What can be asked in the place of the answer's query, a button each. */
export function remedyButtons(remedies: readonly Remedy[], runId: string, blockId: string): readonly Block[] {
  if (!remedies.length) return [];
  const elements = remedies.map(({ change }, at) =>
    button(cut(capital(change.to), slackLimits.buttonText), `querent_remedy_${at}`, `${runId}:${at}`),
  );
  return [{ type: 'actions', block_id: blockId, elements }];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

import type { Answer } from '#src/domain/answer.ts';
import type { Run } from '#src/domain/run.ts';
import type { MessagePart } from '../poster.ts';
import { answerView } from './answer-view.ts';
import type { Message } from './message.ts';
import { catalogView, clarificationView, courtesyView, failureView, outcomesView } from './other-views.ts';

/** An answer as it is posted. */
export function viewOf(
  answer: Answer,
  run: Run,
  shareable: boolean,
): { readonly part: MessagePart; readonly message: Message } {
  switch (answer.kind) {
    case 'answer': {
      const about = { runId: run.id, asker: run.user, direct: run.direct, shareable };
      return { part: 'answer', message: answerView(answer, about) };
    }
    case 'catalog':
      return { part: 'answer', message: catalogView(answer, run.id) };
    case 'courtesy':
      return { part: 'answer', message: courtesyView(answer, run.id) };
    case 'clarification':
      return { part: 'clarify', message: clarificationView(answer, run.id, run.turnedDown.length > 0) };
    case 'outcomes':
      return { part: 'clarify', message: outcomesView(answer, run.id) };
    case 'failure':
      return { part: 'answer', message: failureView(answer, run.id) };
  }
}

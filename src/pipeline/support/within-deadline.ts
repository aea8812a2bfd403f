import { fail } from '#src/domain/result.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';

/**
 * The model as long as the question's time lasts: a reply under way at the deadline is given up, and none is begun after it. That is the
 * model's failure, not the asker's wish, so what the question has by then goes on without it.
 */
export function withinDeadline(model: ChatModel, deadline: AbortSignal): ChatModel {
  return {
    id: model.id,
    async reply(request, signal) {
      const reply = await model.reply(request, AbortSignal.any([signal, deadline]));
      const late = !reply.ok && reply.failure.kind === 'cancelled' && !signal.aborted;
      return late ? fail({ kind: 'model-unavailable', fault: 'timed-out' }) : reply;
    },
  };
}

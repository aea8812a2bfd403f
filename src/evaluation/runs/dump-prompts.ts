import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ModelRoles, mapRoles } from '#src/ports/chat-model.ts';

/** The models of one question, each of their prompts written to a file of its own with the reply. */
export function dumpingPrompts(models: ModelRoles, folder: string, questionId: string): ModelRoles {
  mkdirSync(folder, { recursive: true });
  let count = 0;
  return mapRoles(models, (model, role) => ({
    id: model.id,
    async reply(request, signal) {
      count += 1;
      const file = path.join(
        folder,
        `${questionId.replace(/[^\w.-]/g, '_')}-${String(count).padStart(2, '0')}-${role}.json`,
      );
      const { messages, temperature, samples = 1 } = request;
      const reply = await model.reply(request, signal);
      const came = reply.ok
        ? {
            replies: reply.value.choices.map(({ text }) => text),
            promptTokens: reply.value.promptTokens,
            completionTokens: reply.value.completionTokens,
          }
        : { failure: reply.failure.kind };
      writeFileSync(
        file,
        `${JSON.stringify({ question: questionId, role, model: model.id, temperature, samples, messages, ...came }, null, 1)}\n`,
      );
      return reply;
    },
  }));
}

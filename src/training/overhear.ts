import type { ChatMessage } from '#src/domain/chat.ts';
import { fail, ok } from '#src/domain/result.ts';
import type { GenerateContext, Generator } from '#src/pipeline/generators/generator.ts';
import type { ChatModel, ModelRoles } from '#src/ports/chat-model.ts';

const never = new AbortController().signal;

/** A model that keeps what it is asked, and says one thing always or, without it, nothing. */
export function overhearing(says?: string): { readonly model: ChatModel; readonly asked: (readonly ChatMessage[])[] } {
  const asked: (readonly ChatMessage[])[] = [];
  const model: ChatModel = {
    id: 'overhearing',
    async reply({ messages }) {
      asked.push(messages.map(({ role, content }) => ({ role, content })));
      if (says === undefined) return fail({ kind: 'cancelled' });
      return ok({ choices: [{ text: says, cut: false }], promptTokens: 0, completionTokens: 0 });
    },
  };
  return { model, asked };
}

/** All roles by one model. */
export const rolesOf = (model: ChatModel): ModelRoles => ({
  linker: model,
  generator: model,
  refiner: model,
  selector: model,
  adapters: [],
});

/** What a generator would ask a model: that of the pipeline itself, so that training and answering read the same. */
export async function promptOf(
  generator: (model: ChatModel) => Generator,
  context: GenerateContext,
): Promise<readonly ChatMessage[]> {
  const { model, asked } = overhearing();
  await generator(model).generate(context, never);
  const [first] = asked;
  if (!first) throw new TypeError('A generator asked nothing.');
  return first;
}

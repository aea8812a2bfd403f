import type { ChatModel } from '#src/ports/chat-model.ts';
import { decomposePrompt, readStepsReply } from '#src/prompts/decompose.ts';
import { pickDecompositions } from '../support/examples/pick-decompositions.ts';
import { broke, drawnAs, fromReply, type Generator, SQL_TOKENS } from './generator.ts';

/** Decompose, then compose (LearNAT at inference), with demonstrations that fit the question. */
export function decomposeGenerator(model: ChatModel): Generator {
  return {
    id: 'decompose',
    async generate(context, signal) {
      const { asked, schemaText, bank, masked, draft, askerId, readable, linked } = context;
      const { databaseId } = linked.catalog;
      const solved = bank
        ? await pickDecompositions(
            { masked, readable, databaseId, engine: asked.engine, ...(draft === undefined ? {} : { draft }) },
            bank,
            signal,
          )
        : [];
      const examples = solved.map(({ example, steps }) => ({
        question: example.question,
        schema: example.schema,
        own: example.databaseId === databaseId,
        steps,
      }));
      const reply = await model.reply(
        {
          messages: decomposePrompt(schemaText, asked, examples),
          maxTokens: 2 * SQL_TOKENS,
          ...drawnAs(context),
          askerId,
        },
        signal,
      );
      if (!reply.ok) return broke(reply.failure);
      const stepsOf = new Map(
        reply.value.choices.flatMap(({ text, cut }) => {
          const { steps, answer } = readStepsReply(text, cut);
          return answer.kind === 'written' ? [[answer.text, steps] as const] : [];
        }),
      );
      const made = fromReply('decompose', reply.value, (text, cut) => readStepsReply(text, cut).answer);
      const candidates = made.candidates.map((one) => ({ ...one, steps: stepsOf.get(one.sql) ?? [] }));
      const longest = Math.max(0, ...candidates.map((one) => one.steps.length));
      return {
        ...made,
        candidates,
        note: candidates.length ? `${longest} steps, ${examples.length} demonstrations` : made.note,
      };
    },
  };
}

import { explainExecuted } from '#src/edl/explain.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { mergePrompt } from '#src/prompts/merge-queries.ts';
import type { PromptStyle } from '#src/prompts/prompt-style.ts';
import { fenceClosed, readSqlReply } from '#src/prompts/read-reply.ts';
import type { ResultGroup } from '../stages/select.ts';
import { type Generator, sqlGenerator } from './generator.ts';
import { plainPrompt } from './plain.ts';

/** Reads the two best results that disagree, with their queries and what only one of them does, and writes one query (sources.md#merge). */
export const mergeGenerator = (
  model: ChatModel,
  style: PromptStyle,
  groups: readonly [ResultGroup, ResultGroup],
): Generator =>
  sqlGenerator(
    'merge',
    model,
    (context) => {
      const { engine } = context.asked;
      const best = groups.map(({ candidates }) => candidates[0]!);
      const steps = best.map(({ sql }) =>
        explainExecuted(sql, engine, context.linked.catalog).short.map(({ text }) => text),
      );
      const shown = best.map(({ sql, attempt }, at) => ({
        sql,
        differs: steps[at]!.filter((line) => !steps[1 - at]!.includes(line)),
        table: attempt.table,
      }));
      return mergePrompt(plainPrompt(context, style), shown);
    },
    readSqlReply,
    fenceClosed,
  );

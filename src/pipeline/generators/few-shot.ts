import type { ChatModel } from '#src/ports/chat-model.ts';
import { fenceClosed, readSqlReply } from '#src/prompts/read-reply.ts';
import { writeSqlPrompt } from '#src/prompts/write-sql.ts';
import { type Generator, shownExamples, sqlGenerator } from './generator.ts';

/** With earlier questions of a like skeleton and their queries (XiYan's in-context generator). */
export const fewShotGenerator = (model: ChatModel): Generator =>
  sqlGenerator(
    'few-shot',
    model,
    (context) => writeSqlPrompt(context.schemaText, context.asked, shownExamples(context)),
    readSqlReply,
    fenceClosed,
  );

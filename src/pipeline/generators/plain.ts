import { ddlText } from '#src/domain/ddl.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { fenceClosed, readSqlReply } from '#src/prompts/read-reply.ts';
import { writePlainPrompt } from '#src/prompts/write-plain.ts';
import { type Generator, sqlGenerator } from './generator.ts';

/** Two sentences, the CREATE TABLE statements and the question: what every other way of asking is measured against. */
export const plainGenerator = (model: ChatModel): Generator =>
  sqlGenerator(
    'plain',
    model,
    ({ linked, asked }) => writePlainPrompt(ddlText(linked.precise), asked),
    readSqlReply,
    fenceClosed,
  );

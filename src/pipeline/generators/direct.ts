import type { ChatModel } from '#src/ports/chat-model.ts';
import { fenceClosed, readSqlReply } from '#src/prompts/read-reply.ts';
import { writeSqlPrompt } from '#src/prompts/write-sql.ts';
import { type Generator, sqlGenerator } from './generator.ts';

/** Schema and question in, SQL out, without examples. */
export const directGenerator = (model: ChatModel): Generator =>
  sqlGenerator(
    'direct',
    model,
    ({ schemaText, asked }) => writeSqlPrompt(schemaText, asked),
    readSqlReply,
    fenceClosed,
  );

/** The same over the wide schema: where linking left out too much, this one still sees it. */
export const wideGenerator = (model: ChatModel): Generator =>
  sqlGenerator(
    'direct-wide',
    model,
    ({ wideText, asked }) => writeSqlPrompt(wideText, asked),
    readSqlReply,
    fenceClosed,
  );

import type { Candidate } from '#src/domain/answer.ts';
import { ddlText } from '#src/domain/ddl.ts';
import { compile } from '#src/edl/compile.ts';
import { edlGrammar } from '#src/edl/edl-grammar.ts';
import { isMend } from '#src/edl/mend.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { PromptStyle } from '#src/prompts/prompt-style.ts';
import { fenceClosed, readEdlReply, readSqlReply } from '#src/prompts/read-reply.ts';
import { repairEdlPrompt, writeEdlPrompt } from '#src/prompts/write-edl.ts';
import { sayProblem } from '#src/sql/problem.ts';
import {
  broke,
  distinct,
  drawnAs,
  fromReply,
  type GenerateContext,
  type Generator,
  type GeneratorResult,
  SAMPLE_TEMPERATURE,
  SQL_TOKENS,
} from './generator.ts';

/**
 * EDL first (CRED-SQL; sources.md#text-to-edl): the model writes steps, our compiler makes the SQL. Steps that do not compile go back
 * once, with the code and step of what is wrong; then the candidate is dropped.
 * @param held whether the reply is held to EDL over what is shown.
 */
export function edlGenerator(model: ChatModel, style: PromptStyle, held: boolean): Generator {
  const ask = (
    messages: ReturnType<typeof writeEdlPrompt>,
    context: GenerateContext,
    drawn: ReturnType<typeof drawnAs>,
    signal: AbortSignal,
  ) => {
    const grammar = held ? edlGrammar(context.shown.tables) : undefined;
    return model.reply(
      {
        messages,
        maxTokens: SQL_TOKENS,
        ...drawn,
        askerId: context.askerId,
        enough: fenceClosed,
        ...(grammar === undefined ? {} : { grammar }),
      },
      signal,
    );
  };
  return {
    id: 'edl',
    async generate(context, signal): Promise<GeneratorResult> {
      const { asked, shown } = context;
      const schema = style.schema === 'ddl' ? ddlText(shown, style) : context.schemaText;
      const first = await ask(writeEdlPrompt(schema, asked), context, drawnAs(context), signal);
      if (!first.ok) return broke(first.failure);
      const replies = first.value.choices.map(({ text, cut }) => readEdlReply(text, cut));
      const tried = replies.flatMap((reply) => (reply.kind === 'written' ? [compiled(reply.text, context)] : []));
      const good = tried.flatMap((one) => (one.candidate ? [one.candidate] : []));
      if (good.length) return { candidates: distinct(good), note: `${good.length} compiled${readAs(tried)}` };
      const cannot = replies.find((reply) => reply.kind === 'cannot');
      if (cannot) return { candidates: [], missing: cannot.missing, note: `cannot: ${cannot.missing}` };
      const [bad] = tried;
      if (!bad) {
        // Small models answer with a query all the same: it is no worse for having been asked for otherwise.
        const written = fromReply('edl', first.value, readSqlReply);
        return written.candidates.length
          ? { ...written, note: `${written.note}, written as SQL and not as steps` }
          : written;
      }
      // Its likeliest reply is word for word what was wrong; another sample may be right.
      const drawn = { temperature: SAMPLE_TEMPERATURE, samples: context.samples, seed: context.seed };
      const again = await ask(repairEdlPrompt(schema, asked, bad.edl, bad.problems), context, drawn, signal);
      if (!again.ok) return broke(again.failure);
      const mended = again.value.choices.flatMap(({ text, cut }) => {
        const reply = readEdlReply(text, cut);
        return reply.kind === 'written' ? [compiled(reply.text, context)] : [];
      });
      const candidates = mended.flatMap(({ candidate }) => candidate ?? []);
      const why = bad.problems[0] ?? '';
      return candidates.length
        ? { candidates: distinct(candidates), note: `compiled after one repair (${why})${readAs(mended)}` }
        : { candidates: [], note: `did not compile: ${why}` };
    },
  };
}

interface Compiled {
  readonly edl: string;
  readonly problems: readonly string[];
  /** How the steps were read where they were not quite EDL. */
  readonly mends: readonly string[];
  readonly candidate?: Candidate;
}

function compiled(edl: string, { asked, linked }: GenerateContext): Compiled {
  const made = compile(edl, { engine: asked.engine, catalog: linked.catalog });
  if (!made.ok) return { edl, problems: made.problems.map((problem) => sayProblem(problem, edl)), mends: [] };
  const candidate: Candidate = { generator: 'edl', sql: made.value.sql, tables: [], assumptions: [] };
  const mends = made.warnings.filter(isMend).map((mend) => sayProblem(mend, edl));
  return { edl, problems: [], mends, candidate };
}

/** Mends that the trace shows. */
const MOST_MENDS = 5;

function readAs(all: readonly Compiled[]): string {
  const mends = [...new Set(all.flatMap((one) => one.mends))];
  const more = mends.length > MOST_MENDS ? [`and ${mends.length - MOST_MENDS} more`] : [];
  return mends.length ? `; read with mends: ${[...mends.slice(0, MOST_MENDS), ...more].join(' ')}` : '';
}

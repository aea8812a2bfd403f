import type { Candidate } from '#src/domain/answer.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { MSchema } from '#src/domain/m-schema.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import type { Plan } from '#src/planner/plan.ts';
import type { ChatModel, ChatReply } from '#src/ports/chat-model.ts';
import type { Example, ExampleBank } from '#src/ports/example-bank.ts';
import type { AskedQuestion } from '#src/prompts/question-block.ts';
import type { WrittenReply } from '#src/prompts/read-reply.ts';

/** What every generator is given. */
export interface GenerateContext {
  readonly asked: AskedQuestion;
  readonly linked: LinkedSchema;
  /** What of the precise schema is within the token budget, and this and the wide schema as text. */
  readonly shown: MSchema;
  readonly schemaText: string;
  readonly wideText: string;
  /** Examples for this question, the best last; empty where there is no bank. */
  readonly examples: readonly Example[];
  readonly bank?: ExampleBank;
  readonly masked: string;
  /** A first query, from the planner or an earlier generator. */
  readonly draft?: string;
  /** What the built-in planner made of the question. */
  readonly planned: Plan;
  readonly askerId: string;
  /** Databases that the asker may read. */
  readonly readable: readonly string[];
  /** Samples of each reply, in this wave. */
  readonly samples: number;
  /** Samples of each reply in all: one alone is not drawn, but the likeliest. */
  readonly samplesInAll: number;
  /** Of the first sample of this wave. */
  readonly seed: number;
}

/** The examples as prompts show them: those of tables that the schema shows need none of their own. */
export function shownExamples({
  examples,
  linked: { catalog },
  shown,
}: Pick<GenerateContext, 'examples' | 'linked' | 'shown'>) {
  const isShown = ({ databaseId, schema }: Example) =>
    databaseId === catalog.databaseId &&
    schema.split('\n').every((line) => shown.tables.some(({ name }) => line.startsWith(`${name}(`)));
  return examples.map((example) => ({ ...example, own: isShown(example) }));
}

/** What one generator came to. */
export interface GeneratorResult {
  readonly candidates: readonly Candidate[];
  /** What it says the schema lacks, if it says so. */
  readonly missing?: string;
  /** Why it gave nothing, if something broke. */
  readonly failure?: Failure;
  /** What came of it, for the trace. */
  readonly note: string;
}

/** One way of writing a query for a question. Each is a stage of its own; they run side by side. */
export interface Generator {
  readonly id: string;
  generate(context: GenerateContext, signal: AbortSignal): Promise<GeneratorResult>;
}

/**
 * Five times what 99 of 100 gold queries of Spider's 8,654 training questions take (119 tokens; the longest 201).
 * A reply that is longer has lost its way: of 2,465 kept replies of a 1.5B model the longest that came to an end has 429.
 */
export const SQL_TOKENS = 600;

/** Of what is drawn, and not the likeliest. */
export const SAMPLE_TEMPERATURE = 0.7;

/** How a reply's samples are drawn: one alone is the likeliest. */
export const drawnAs = ({ samples, samplesInAll, seed }: Pick<GenerateContext, 'samples' | 'samplesInAll' | 'seed'>) =>
  samplesInAll > 1 ? { temperature: SAMPLE_TEMPERATURE, samples, seed } : { temperature: 0, samples };

/** The candidates of a reply's samples. */
export function fromReply(
  generator: string,
  reply: ChatReply,
  read: (text: string, cut: boolean) => WrittenReply,
): GeneratorResult {
  const replies = reply.choices.map(({ text, cut, logprob }) => ({ ...read(text, cut), logprob }));
  const candidates = distinct(
    replies.flatMap((one): Candidate[] =>
      one.kind === 'written'
        ? [
            {
              generator,
              sql: one.text,
              tables: [],
              assumptions: [],
              ...(one.logprob === undefined ? {} : { logprob: one.logprob }),
            },
          ]
        : [],
    ),
  );
  const cannot = replies.find((one) => one.kind === 'cannot');
  const unreadable = replies.find((one) => one.kind === 'unreadable');
  return {
    candidates,
    ...(!candidates.length && cannot ? { missing: cannot.missing } : {}),
    note: candidates.length
      ? `${candidates.length} ${candidates.length === 1 ? 'query' : 'queries'}`
      : cannot
        ? `cannot: ${cannot.missing}`
        : (unreadable?.why ?? 'nothing'),
  };
}

/** Candidates of one SQL as one, with the number of samples that wrote it. */
export function distinct(candidates: readonly Candidate[]): Candidate[] {
  return [...Map.groupBy(candidates, ({ sql }) => sql).values()].map((same) => {
    const [first] = same;
    const logprobs = same.flatMap(({ logprob }) => logprob ?? []);
    return same.length > 1
      ? { ...first!, samples: same.length, ...(logprobs.length ? { logprob: Math.max(...logprobs) } : {}) }
      : first!;
  });
}

export const broke = (failure: Failure): GeneratorResult => ({
  candidates: [],
  failure,
  note: failure.kind === 'model-unavailable' ? `the model server: ${failure.fault}` : failure.kind,
});

/** A generator that asks a model once for SQL. */
export function sqlGenerator(
  id: string,
  model: ChatModel,
  messagesOf: (context: GenerateContext) => Parameters<ChatModel['reply']>[0]['messages'],
  read: (text: string, cut: boolean) => WrittenReply,
  enough: (text: string) => boolean,
  grammarOf: (context: GenerateContext) => string | undefined = () => undefined,
): Generator {
  return {
    id,
    async generate(context, signal) {
      const grammar = grammarOf(context);
      const reply = await model.reply(
        {
          messages: messagesOf(context),
          maxTokens: SQL_TOKENS,
          ...drawnAs(context),
          logprobs: true,
          askerId: context.askerId,
          enough,
          ...(grammar === undefined ? {} : { grammar }),
        },
        signal,
      );
      if (!reply.ok) return broke(reply.failure);
      const made = fromReply(id, reply.value, read);
      if (context.samplesInAll > 1) return made;
      return { ...made, candidates: made.candidates.map((one) => ({ ...one, likeliest: true as const })) };
    },
  };
}

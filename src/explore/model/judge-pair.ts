import type { Rejection } from '#src/domain/explored-pair.ts';
import type { MSchema } from '#src/domain/m-schema.ts';
import { judgePairPrompt, VOTE_REPLY_SCHEMA, type Vote, Vote as VoteReply } from '#src/prompts/explore-judge.ts';
import type { WordedPair } from '#src/prompts/explore-wording.ts';
import type { ModelDesk } from './model-desk.ts';

const VOTE_TOKENS = 160;
/** The likeliest vote, and one that is drawn: both must be for it. */
const TEMPERATURES = [0, 0.7] as const;

export interface Judged {
  readonly stage: Rejection;
  readonly reason?: string;
}

/** What speaks against a question with its query by two votes of a model; nothing where both are for it. */
export async function judgePair(
  pair: WordedPair & { readonly evidence: string },
  schema: MSchema,
  desk: ModelDesk,
  signal: AbortSignal,
): Promise<Judged | undefined> {
  const messages = judgePairPrompt(schema, pair);
  for (const temperature of TEMPERATURES) {
    const vote = await desk.json(
      {
        of: 'judge',
        messages,
        temperature,
        maxTokens: VOTE_TOKENS,
        replySchema: VOTE_REPLY_SCHEMA,
        schema: VoteReply,
      },
      signal,
    );
    const against = vote ? votesAgainst(vote) : ({ stage: 'no reply' } as const);
    if (against) return against;
  }
  return undefined;
}

const LONGEST_REASON = 200;

function votesAgainst({ missing, faithful, uses_only_schema: within, ambiguous }: Vote): Judged | undefined {
  const lacks = missing ? { reason: missing.slice(0, LONGEST_REASON) } : {};
  if (!faithful) return { stage: 'not faithful', ...lacks };
  if (!within) return { stage: 'not of what was shown', ...lacks };
  return ambiguous ? { stage: 'ambiguous', ...lacks } : undefined;
}

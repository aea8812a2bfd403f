import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import { explainExecuted } from '#src/edl/explain.ts';
import type { Scope } from '#src/guard/scope.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { AskedQuestion } from '#src/prompts/question-block.ts';
import { type ReadCandidate, readYes, verifyPrompt } from '#src/prompts/verify-query.ts';
import { probe } from '../support/probes.ts';
import { type EvidenceKind, type RanCandidate, type ResultGroup, ranked, type SelectionMode } from './select.ts';

/** What the verifier reads of a candidate. */
export type VerifierReads = 'query' | 'steps' | 'both';

export interface WeighInput {
  readonly groups: readonly ResultGroup[];
  readonly kinds: ReadonlySet<EvidenceKind>;
  readonly reads: VerifierReads;
  readonly asked: AskedQuestion;
  readonly catalog: DatabaseCatalog;
  readonly scope: Scope;
  /** The prompt that the candidates were written by. */
  readonly written: readonly ChatMessage[];
  readonly mode: SelectionMode;
  readonly askerId: string;
}

/** Groups beyond the third hardly are right, and each costs a call. */
const MOST_VERIFIED = 3;

/** Looks closer at results that disagree, and ranks them anew; what cannot be told leaves them as they were. */
export async function weigh(
  input: WeighInput,
  ports: { readonly database: Database; readonly verifier?: ChatModel },
  signal: AbortSignal,
): Promise<readonly ResultGroup[]> {
  const { kinds, groups, mode } = input;
  const weighed: ResultGroup[] = [];
  // One after another: each reads the prompt that the server remembers of the one before.
  for (const [at, group] of groups.entries()) {
    const [best] = group.candidates;
    const faults = kinds.has('probes') && best ? await faultsOf(best, input, ports.database, signal) : undefined;
    const asks = kinds.has('verifier') && ports.verifier && best && at < MOST_VERIFIED;
    const verified = asks ? await verify(best, input, ports.verifier, signal) : undefined;
    weighed.push({
      ...group,
      ...(faults ? { faults } : {}),
      ...(verified === undefined ? {} : { verified }),
    });
  }
  return ranked(weighed, { mode, kinds });
}

const faultsOf = (
  { sql }: RanCandidate,
  { asked, catalog, scope }: WeighInput,
  database: Database,
  signal: AbortSignal,
) => probe({ sql, question: asked.text, catalog, scope }, database, signal);

/** How likely the model says yes to the candidate, 0–1; undefined where it does not say, or its server no probabilities. */
async function verify(
  candidate: RanCandidate,
  { reads, asked, catalog, written, askerId }: WeighInput,
  verifier: ChatModel,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { sql, attempt } = candidate;
  const steps = () => ({
    steps: explainExecuted(sql, asked.engine, catalog).short.map(({ text }) => text),
    table: attempt.table,
  });
  const shown: ReadCandidate = { ...(reads === 'steps' ? {} : { sql }), ...(reads === 'query' ? {} : steps()) };
  const reply = await verifier.reply(
    { messages: verifyPrompt(written, shown), temperature: 0, maxTokens: 1, alternatives: ALTERNATIVES, askerId },
    signal,
  );
  return reply.ok ? readYes(reply.value.choices[0]?.first) : undefined;
}

/** As many as servers give without being told to give more; “Yes”, “yes”, “No” and “no” are among them. */
const ALTERNATIVES = 10;

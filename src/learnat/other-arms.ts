import { ok, type Result } from '#src/domain/result.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import { ALL_STEPS_REPLY_SCHEMA, allStepsPrompt, readAllSteps, type TakenApart } from '#src/prompts/take-apart.ts';
import type { Proposer, SearchSettings, SearchTask } from './search.ts';
import { plainText, type StepText } from './search-tree.ts';
import { isPart, treeParts } from './tree-parts.ts';

/** What a way of taking a query apart came to, judged when it was over. */
export interface Attempt {
  /** Paths that were written, the unfinished ones too. */
  readonly paths: readonly (readonly StepText[])[];
  readonly calls: number;
  readonly tokens: number;
}

const CHAIN_TOKENS = 800;

/** Chain of thought: all steps in one reply, the likeliest. */
export async function chain(
  model: ChatModel,
  task: Omit<TakenApart, 'steps'>,
  shown: readonly TakenApart[],
  signal: AbortSignal,
): Promise<Result<Attempt>> {
  const messages = allStepsPrompt({ ...task, steps: [] }, shown);
  const reply = await model.reply(
    { messages, temperature: 0, maxTokens: CHAIN_TOKENS, replySchema: ALL_STEPS_REPLY_SCHEMA },
    signal,
  );
  if (!reply.ok) return reply;
  const { choices, promptTokens, completionTokens } = reply.value;
  return ok({
    paths: choices.map(({ text }) => readAllSteps(text)),
    calls: 1,
    tokens: promptTokens + completionTokens,
  });
}

/**
 * The same search without the tree to guide it: the same width, depth and budget, but any step may be gone on from, which one is drawn
 * evenly, and nothing tells that it may end. A path is over where the gold query itself was written.
 * @param draw evenly from 0 up to 1.
 */
export async function unguided(
  gold: string,
  proposer: Proposer,
  { width, depth, calls }: SearchSettings,
  draw: () => number,
): Promise<Result<Attempt>> {
  let open: (readonly StepText[])[] = [[]];
  const paths: (readonly StepText[])[] = [];
  const spent = { calls: 0, tokens: 0 };
  const isOver = (path: readonly StepText[]) =>
    path.length >= depth || plainText(path.at(-1)?.sql ?? '') === plainText(gold);
  while (spent.calls < calls && open.length) {
    const path = open[Math.floor(draw() * open.length)] ?? [];
    const proposed = await proposer.next(path, Math.min(width, calls - spent.calls));
    if (!proposed.ok) return proposed;
    spent.calls += proposed.value.calls;
    spent.tokens += proposed.value.tokens;
    const made = proposed.value.steps.map((step) => [...path, step]);
    paths.push(...made);
    open = [...open.filter((one) => one !== path), ...made.filter((one) => !isOver(one))];
  }
  return ok({ paths, ...spent });
}

/** The first path that takes the query apart: two steps or more, each before the last a proper part of it, the last one the query, with its rows. */
export async function firstRight(
  paths: readonly (readonly StepText[])[],
  { goal, read, isRight }: SearchTask,
): Promise<readonly StepText[] | undefined> {
  for (const path of paths) {
    const last = path.at(-1);
    if (path.length < 2 || !last) continue;
    const parts = path.map(({ sql }) => read(sql)).map((tree) => tree && treeParts(tree));
    const isWhole = parts.map((one) => one && isPart(one, goal.parts) && isPart(goal.parts, one));
    const before = parts.slice(0, -1).every((one, at) => one && isPart(one, goal.parts) && !isWhole[at]);
    if (before && isWhole.at(-1) && (await isRight(last.sql))) return path;
  }
  return undefined;
}

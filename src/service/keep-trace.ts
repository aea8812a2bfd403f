import type { Answer } from '#src/domain/answer.ts';
import type { KeptTrace, ModelCall, TraceEntry } from '#src/domain/trace.ts';

/** Characters of one text that is kept, of a prompt and of all prompts and replies of a trace. */
const LONGEST_TEXT = 4_000;
const LONGEST_PROMPT = 20_000;
const MOST_CHARACTERS = 400_000;

const NOT_KEPT = '(not kept)';

/**
 * A trace as it is kept: bounded, without rows of results and what a model replied to them, and without the words of the question
 * where the audit keeps none either (then without prompts and replies, which repeat them).
 */
export function keptTrace(answer: Answer, keepTexts: boolean, at: Date): KeptTrace {
  const { runId, asker, text } = answer.question;
  const databaseId = 'databaseId' in answer ? answer.databaseId : undefined;
  return {
    runId,
    team: asker.teamId,
    user: asker.userId,
    at: at.toISOString(),
    ...(keepTexts ? { question: cut(text, LONGEST_TEXT) } : {}),
    ...(databaseId === undefined ? {} : { databaseId }),
    outcome: answer.kind === 'failure' ? answer.failure.kind : answer.kind,
    entries: bounded(answer.trace.map((entry) => (keepTexts ? entry : withoutWords(entry)))),
  };
}

const cut = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most)}…`);

/** The latest calls are kept whole for as long as there is room; of the others only what they cost. */
function bounded(entries: readonly TraceEntry[]): TraceEntry[] {
  let room = MOST_CHARACTERS;
  const keep = (whole: ModelCall): ModelCall => {
    const call = withoutRows(whole);
    const texts = [...call.messages.map(({ content }) => content), ...call.replies];
    room -= texts.reduce((sum, text) => sum + text.length, 0);
    return room < 0 ? { ...call, messages: [], replies: [] } : call;
  };
  const latestFirst = entries.toReversed().map((entry) => ({
    ...entry,
    calls: entry.calls.toReversed().map(keep).toReversed(),
  }));
  return latestFirst.toReversed();
}

/** A call without the rows that its prompt marks; a reply to them may repeat them. */
function withoutRows(call: ModelCall): ModelCall {
  const messages = call.messages.map(({ role, content, rows = [] }) => {
    // The longest first: one result may begin as another does.
    const byLength = [...rows].sort((a, b) => b.length - a.length);
    const bare = byLength.reduce((text, one) => text.replaceAll(one, () => NOT_KEPT), content);
    return { role, content: cut(bare, LONGEST_PROMPT) };
  });
  const readsRows = call.messages.some(({ rows }) => rows?.length);
  const replies = call.replies.map((reply) => (readsRows ? NOT_KEPT : cut(reply, LONGEST_TEXT)));
  return { ...call, messages, replies };
}

/** An entry without what repeats the question: its own texts, prompts and replies. SQL stays, as in the audit. */
function withoutWords(entry: TraceEntry): TraceEntry {
  const calls = entry.calls.map((call) => ({ ...call, messages: [], replies: [] }));
  switch (entry.stage) {
    case 'rewrite':
      return { ...entry, asked: NOT_KEPT, text: NOT_KEPT, calls };
    case 'catalog':
    case 'retrieve':
      return { ...entry, text: NOT_KEPT, calls };
    case 'examples':
      return { ...entry, masked: NOT_KEPT, questions: [], calls };
    case 'link':
      return { ...entry, values: [], calls };
    case 'offer':
      return { ...entry, questions: [], calls };
    case 'lacking': {
      const { missing, ...rest } = entry;
      return { ...rest, words: [], ...(missing === undefined ? {} : { missing: NOT_KEPT }), calls };
    }
    case 'generate':
      return { ...entry, made: entry.made.map(({ cannot: _, ...made }) => ({ ...made, note: NOT_KEPT })), calls };
    case 'choose-database': {
      const { why: _, ...rest } = entry;
      return { ...rest, calls };
    }
    default:
      return { ...entry, calls };
  }
}

import type { KnownQuestion } from '#src/domain/known-question.ts';
import { contentWords } from '#src/domain/words.ts';
import type { NearQuestion, NearQuestions, QuestionIndex } from '#src/ports/question-index.ts';
import { withoutValues } from './without-values.ts';

/** Questions of a database that come back at most. */
const NEAREST = 200;

/** The questions of one database with the stems of their content words. */
interface QuestionsOf {
  readonly databaseId: string;
  readonly questions: readonly KnownQuestion[];
  readonly stems: readonly (readonly string[])[];
  /** By stem, the questions that have it. */
  readonly having: ReadonlyMap<string, readonly number[]>;
}

/**
 * Known questions in memory, by the words that they share with one that is asked; the values that they say are no part of it. What a
 * word is worth is reckoned anew over the databases that a request may see, so that questions of others say nothing, not even by how
 * usual a word is among them.
 */
export function memoryQuestions(known: readonly KnownQuestion[]): QuestionIndex {
  const byDatabase = [...Map.groupBy(known, ({ databaseId }) => databaseId)].map(([id, own]) => indexed(id, own));
  return {
    async near({ text, databaseIds }) {
      const may = databaseIds && new Set(databaseIds);
      const among = byDatabase.filter(({ databaseId }) => may?.has(databaseId) ?? true);
      const rarity = rarityAmong(among);
      const asked = [...contentWords(text).keys()];
      return among.map((one): NearQuestions => {
        return { databaseId: one.databaseId, known: one.questions.length, nearest: nearestOf(one, asked, rarity) };
      });
    },
  };
}

function indexed(databaseId: string, questions: readonly KnownQuestion[]): QuestionsOf {
  const stems = questions.map(({ text }) => [...contentWords(withoutValues(text)).keys()]);
  const having = new Map<string, number[]>();
  for (const [at, own] of stems.entries())
    for (const stem of own) {
      const known = having.get(stem);
      if (known) known.push(at);
      else having.set(stem, [at]);
    }
  return { databaseId, questions, stems, having };
}

type Rarity = (stem: string) => number;

/** How rare a stem is among the questions of databases: ln((N − df + ½) / (df + ½) + 1), df the databases of which a question has it. */
function rarityAmong(among: readonly QuestionsOf[]): Rarity {
  const known = new Map<string, number>();
  return (stem) => {
    const before = known.get(stem);
    if (before !== undefined) return before;
    const frequency = among.filter(({ having }) => having.has(stem)).length;
    const made = Math.log((among.length - frequency + 0.5) / (frequency + 0.5) + 1);
    known.set(stem, made);
    return made;
  };
}

const sumOf = (stems: readonly string[], rarity: Rarity) => stems.reduce((sum, stem) => sum + rarity(stem), 0);

/** By what they have in common, words by their rarity: its sum over the geometric mean of both sums. */
function nearestOf(
  { questions, stems, having }: QuestionsOf,
  asked: readonly string[],
  rarity: Rarity,
): NearQuestion[] {
  const common = new Map<number, number>();
  for (const stem of asked)
    for (const at of having.get(stem) ?? []) common.set(at, (common.get(at) ?? 0) + rarity(stem));
  const whole = sumOf(asked, rarity);
  return [...common]
    .flatMap(([at, shared]) => {
      const question = questions[at];
      return question ? [{ question, similarity: shared / Math.sqrt(whole * sumOf(stems[at] ?? [], rarity)) }] : [];
    })
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, NEAREST);
}

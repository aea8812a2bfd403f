import { chooseEvidencePrompt } from '#src/prompts/choose-evidence.ts';
import { type AtHand, drawFor } from '../at-hand.ts';
import { shuffled } from '../augment-schema.ts';
import { leftOut, type Made } from '../lesson.ts';
import type { Places } from '../places.ts';

const MOST_SHOWN = 4;

/**
 * Evidence choice: of a few hints the one that the query was written by; the others are those of other questions, of the same database first.
 * @param hints all that there are, by their database.
 */
export async function evidenceLesson(
  { pair, settings, sql, context }: AtHand,
  hints: ReadonlyMap<string, readonly string[]>,
  places: Places,
): Promise<Made> {
  const right = pair.evidence.trim();
  if (!right) return leftOut('there is no evidence');
  const random = drawFor(settings, pair.id, 'evidence');
  const own = shuffled(hints.get(pair.databaseId) ?? [], random);
  const others = [...hints].flatMap(([id, all]) => (id === pair.databaseId ? [] : all));
  const more = random.some(others, MOST_SHOWN);
  const wrong = [...new Set([...own, ...more])].filter((one) => one !== right).slice(0, MOST_SHOWN - 1);
  if (!wrong.length) return leftOut('there is no other evidence to choose from');
  const at = places.next(wrong.length + 1);
  const shown = wrong.toSpliced(at, 0, right);
  const asked = { engine: context.asked.engine, question: pair.question, sql, hints: shown };
  return {
    kind: 'answer',
    messages: chooseEvidencePrompt(context.schemaText, asked),
    answer: String.fromCharCode(65 + at),
    notes: { position: at, of: shown.length },
  };
}

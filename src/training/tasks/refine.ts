import { nothingTried, refine, type TriedCandidate } from '#src/pipeline/stages/refine.ts';
import { resultText } from '#src/prompts/choose-candidate.ts';
import { mendPrompt } from '#src/prompts/mend-sql.ts';
import { type AtHand, scopeOf } from '../at-hand.ts';
import { fencedSql, leftOut, type Made } from '../lesson.ts';
import { overhearing } from '../overhear.ts';
import type { TriedPool } from '../pool.ts';

/** Of one question at most: a hard one would be most of the set. */
const MOST_OF_A_QUESTION = 2;

const never = new AbortController().signal;

/**
 * Self-refine: a candidate that went wrong, with its error or what was empty of it as the refiner is told, and the query that is right. One whose
 * rows are wrong, of which the pipeline cannot know, is shown with them.
 */
export async function refineLessons(hand: AtHand, pool: TriedPool): Promise<readonly Made[]> {
  const written = new Map(pool.tried.filter(({ mends }) => mends === undefined).map((one) => [one.sql, one]));
  const lessons: Made[] = [];
  for (const one of written.values()) {
    if (lessons.length === MOST_OF_A_QUESTION) break;
    const lesson = await mendOf(one, hand, pool);
    if (lesson) lessons.push(lesson);
  }
  return lessons.length ? lessons : [leftOut('no candidate went wrong')];
}

async function mendOf(one: TriedCandidate, hand: AtHand, { isRight }: TriedPool): Promise<Made | undefined> {
  const { context, place, settings, sql } = hand;
  const { attempt, meaningless: _, ...candidate } = one;
  if (!place.database) return undefined;
  const { asked, linked, schemaText } = context;
  const { model: refiner, asked: told } = overhearing();
  const { mendRules: rules } = settings.pipeline;
  const about = { asked, linked, schemaText, scope: scopeOf(place.catalog), askerId: 'training' };
  const ports = { database: place.database, refiner };
  const tried = await refine({ ...about, candidates: [candidate], rules, turns: 1 }, ports, nothingTried(), never);
  const last = tried.at(-1) ?? one;
  const holds = last.attempt.kind === 'ran' && isRight(last.attempt.table);
  const [messages] = told;
  // What is right although it looks wrong is to be left as it is.
  if (messages)
    return {
      kind: 'answer',
      messages,
      answer: fencedSql(holds ? last.sql : sql),
      notes: { wrong: holds ? 'nothing' : last.attempt.kind === 'failed' ? 'error' : 'empty', source: one.generator },
    };
  if (holds || attempt.kind !== 'ran') return undefined;
  const rows = resultText(attempt.table).split('\n').join('; ');
  const wrong = { sql: one.sql, result: `It ran, and this is not what was asked for: ${rows}`, near: [] };
  return {
    kind: 'answer',
    messages: mendPrompt(schemaText, asked, wrong),
    answer: fencedSql(sql),
    notes: { wrong: 'rows', source: one.generator },
  };
}

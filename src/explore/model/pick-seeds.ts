import { PEOPLES_QUESTIONS } from '#src/prompts/explore-questions.ts';
import type { Random } from '../random.ts';

const SEEDS = 2;

/**
 * Questions that a prompt shows as examples of how people ask. Half of them at most were written by program or model, so that what is
 * written does not drift from how people ask; where nobody has asked this database yet, others are of people over other data.
 */
export function pickSeeds(asked: readonly string[], written: readonly string[], random: Random): readonly string[] {
  const synthetic = written.length ? [random.pick(written)] : [];
  const fromPeople = asked.length ? asked : PEOPLES_QUESTIONS;
  return [...random.some(fromPeople, SEEDS - synthetic.length), ...synthetic];
}

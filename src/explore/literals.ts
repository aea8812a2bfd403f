import type { Column } from '#src/domain/catalog.ts';
import { maskPersonal } from '#src/domain/personal.ts';
import type { Random } from './random.ts';

const LONGEST = 60;

/** Sampled texts of a column that a question can name: none that is long, of several lines or looks like somebody's. */
export function textsOf({ values }: Column): readonly string[] {
  return values.filter(
    (value) =>
      value.trim() !== '' && value.length <= LONGEST && !/[\n\r\t]/.test(value) && maskPersonal(value) === value,
  );
}

/** A sampled text, a frequent one and a rare one alike often: samples come in the order of how often they occur. */
export function drawText(column: Column, random: Random): string | undefined {
  const texts = textsOf(column);
  if (!texts.length) return undefined;
  const half = Math.ceil(texts.length / 2);
  return random.pick(random.chance(0.5) ? texts.slice(0, half) : texts.slice(-half));
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** A quarter, the half or three quarters of the way through the sampled numbers, as it is stored. */
export function drawQuantile({ values }: Column, random: Random): string | undefined {
  const sorted = values.filter((value) => NUMBER.test(value)).sort((a, b) => Number(a) - Number(b));
  if (!sorted.length) return undefined;
  const share = random.pick([0.25, 0.5, 0.75]);
  return plainNumber(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
}

/** A sampled number. */
export function drawNumber({ values }: Column, random: Random): string | undefined {
  const numbers = values.filter((value) => NUMBER.test(value));
  return numbers.length ? plainNumber(random.pick(numbers)) : undefined;
}

/** Two sampled numbers, the lower first. */
export function drawRange(column: Column, random: Random): readonly [string, string] | undefined {
  const drawn = [drawNumber(column, random), drawNumber(column, random)].flatMap((one) => one ?? []);
  const [low, high] = drawn.sort((a, b) => Number(a) - Number(b));
  return low !== undefined && high !== undefined && Number(low) < Number(high) ? [low, high] : undefined;
}

/** `1980.0` is 1980. */
const plainNumber = (text: string): string => text.replace(/\.0+$/, '');

const DAY = /^(\d{4})-(\d\d)-\d\d/;

/** A calendar year or month in which sampled days lie, as a half-open span of days. */
export function drawSpan({ values }: Column, random: Random): { from: string; to: string; words: string } | undefined {
  const days = values.flatMap((value) => DAY.exec(value) ?? []).length ? values.filter((value) => DAY.test(value)) : [];
  if (!days.length || days.length < values.length) return undefined;
  const [, year = '', month = ''] = DAY.exec(random.pick(days))!;
  if (random.chance(0.6)) return { from: `${year}-01-01`, to: `${Number(year) + 1}-01-01`, words: year };
  const next =
    Number(month) === 12 ? `${Number(year) + 1}-01` : `${year}-${String(Number(month) + 1).padStart(2, '0')}`;
  return { from: `${year}-${month}-01`, to: `${next}-01`, words: `${MONTHS[Number(month) - 1]} ${year}` };
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** A word of a sampled text that a search would use. */
export function drawWord(column: Column, random: Random): string | undefined {
  const words = textsOf(column).flatMap((text) => text.match(/\p{L}{4,}/gu) ?? []);
  return words.length ? random.pick(words) : undefined;
}

import type { Column, Table } from '#src/domain/catalog.ts';
import type { Planted } from '../suite/planted-literals.ts';
import { type CellTest, holds } from './tests.ts';

/** Draws a whole number below its argument. */
export type Draw = (below: number) => number;

/** What the gold queries of a schema let be known of a column. */
export interface ColumnFacts {
  readonly table: Table;
  readonly column: Column;
  readonly tests: readonly CellTest[];
}

const FIRST =
  'Anna Boris Clara David Elena Farid Greta Hugo Ines Jonas Karin Liam Maya Nils Olga Pavel Rosa Stefan Tara Viktor'.split(
    ' ',
  );
const LAST =
  'Abbott Berger Castillo Dvorak Eriksen Fischer Garcia Hansen Ito Jansen Kowalski Lindqvist Moreau Novak Okafor Petrov'.split(
    ' ',
  );
const CITIES =
  'Ashford Belmont Carlton Dunmore Eastvale Fairview Glenwood Harlow Kingsley Lakeside Milford Northgate'.split(' ');
const WORDS =
  'amber basic central direct early final general hidden inner joint known local minor normal open plain quick regular simple total upper visible wide yearly'.split(
    ' ',
  );

/** A plausible value of a column: often a literal that some question compares it with, else one of its kind and range. */
export function drawValue({ table, column, tests }: ColumnFacts, draw: Draw): Planted | null {
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!;
  if (tests.some(({ operator }) => operator === 'null') && draw(10) === 0) return null;
  const whole = tests.filter(({ slice, operator }) => !slice && /^(?:[<>=]+)$/.test(operator));
  const literals = [...new Set(whole.map(({ literal }) => literal))];
  const dated = datePattern({ table, column, tests });
  if (dated)
    return draw(4) === 0 && whole.length ? asDate(pick(literals), dated, draw) : drawDate(dated, yearsOf(tests), draw);
  const numbers = literals.filter((one) => typeof one === 'number');
  if (column.kind === 'number' || (numbers.length > 0 && numbers.length === literals.length)) {
    const made = drawNumber(column, numbers, draw);
    return column.kind === 'number' ? made : String(made);
  }
  const texts = literals.filter((one) => typeof one === 'string');
  // Few literals are the values of a category, many are names of which one question asks for one.
  if (texts.length > 0 && draw(100) < (texts.length <= 12 ? 75 : 25)) return pick(texts);
  return inventText(column, draw);
}

/** Near the literals, within what most values have: up to twice the largest. */
function drawNumber({ type }: Column, literals: readonly number[], draw: Draw): number {
  const [low, high] = literals.length ? [Math.min(0, ...literals), Math.max(10, ...literals) * 2] : [0, 100];
  const near = literals.length > 0 && draw(3) === 0 ? literals[draw(literals.length)]! : undefined;
  if (/real/i.test(type)) return Math.round((near ?? low + ((high - low) * draw(10_000)) / 10_000) * 100) / 100;
  return Math.round(near ?? low + draw(Math.max(1, Math.round(high - low))));
}

export function inventText({ name, title = '' }: Column, draw: Draw): string {
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!;
  const said = `${name} ${title}`.toLowerCase();
  const [first, last] = [pick(FIRST), pick(LAST)];
  if (/first.?name/.test(said)) return first;
  if (/last.?name/.test(said)) return last;
  if (/e.?mail/.test(said)) return `${first}.${last}@example.org`.toLowerCase();
  if (/phone/.test(said)) return `${200 + draw(800)}-555-${1_000 + draw(9_000)}`;
  if (/url|website|link/.test(said)) return `https://example.org/${pick(WORDS)}/${draw(1_000)}`;
  if (/city|county|location|state/.test(said)) return pick(CITIES);
  if (/name/.test(said)) return `${first} ${last}`;
  return `${pick(WORDS)} ${pick(WORDS)} ${draw(100)}`;
}

const FULL_DATE = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}:\d{2}(?:\.\d)?)?$/;

/** How the dates of a column are written, shown by one that its literals have; undefined of what holds no dates. */
function datePattern({ column, tests }: ColumnFacts): string | undefined {
  const whole = tests.flatMap(({ slice, operator, literal }) =>
    slice || operator === 'like' ? [] : [String(literal)],
  );
  if (column.kind !== 'number' && whole.some((text) => /^\d{1,2}:\d{2}:\d{2}$/.test(text))) return '10:20:30';
  const full = whole.filter((text) => FULL_DATE.test(text)).sort((a, b) => b.length - a.length)[0];
  if (full) return full;
  if (column.kind === 'text' && whole.length > 0 && whole.every((text) => /^(?:19|20)\d{4}$/.test(text)))
    return '201306';
  if (/datetime|timestamp/i.test(column.type)) return '2013-06-17 10:20:30.0';
  if (/date/i.test(column.type) || tests.some(({ slice }) => slice && slice[1] <= 10)) return '2013-06-17';
  return undefined;
}

function yearsOf(tests: readonly CellTest[]): readonly [low: number, high: number] {
  const years = tests.flatMap(({ literal }) => {
    const [year] = /^(?:19|20)\d{2}/.exec(String(literal)) ?? [];
    return year ? [Number(year)] : [];
  });
  return years.length ? [Math.min(...years) - 1, Math.max(...years) + 1] : [2009, 2014];
}

function drawDate(pattern: string, [low, high]: readonly [number, number], draw: Draw): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const year = low + draw(high - low + 1);
  const [month, day] = [two(1 + draw(12)), two(1 + draw(28))];
  const time = `${two(draw(24))}:${two(draw(60))}:${two(draw(60))}`;
  if (/^\d{2}:/.test(pattern)) return time;
  if (/^\d{6}$/.test(pattern)) return `${year}${month}`;
  return `${year}-${month}-${day}${pattern.length > 10 ? `${pattern[10]}${time}${pattern.slice(19)}` : ''}`;
}

/** A date literal as the column writes its dates. */
function asDate(literal: Planted, pattern: string, draw: Draw): string {
  const text = String(literal);
  return text.length >= pattern.length ? text : `${text}${drawDate(pattern, [2013, 2013], draw).slice(text.length)}`;
}

const TRIES = 200;

/** A value of a column for which all tests hold; undefined where none is found. */
export function satisfying(facts: ColumnFacts, tests: readonly CellTest[], draw: Draw): Planted | null | undefined {
  if (tests.some(({ operator }) => operator === 'null')) return null;
  const isNumber = facts.column.kind === 'number';
  for (let at = 0; at < TRIES; at += 1) {
    const start = tests.find(({ slice, operator }) => !slice && operator !== '<>' && operator !== 'not null');
    let value = start
      ? nearLiteral(start, isNumber, draw, at)
      : drawValue({ ...facts, tests: [...facts.tests, ...tests] }, draw);
    for (const { slice, operator, literal } of tests)
      if (slice && value !== null && (operator === '=' || draw(2) === 0)) {
        const text = String(value);
        value = text.slice(0, slice[0]) + String(literal).padStart(slice[1] - slice[0], '0') + text.slice(slice[1]);
      }
    if (!isNumber && typeof value === 'number') value = String(value);
    const found = value;
    if (found !== null && tests.every((test) => holds(test, found))) return found;
  }
  return undefined;
}

function nearLiteral({ operator, literal }: CellTest, isNumber: boolean, draw: Draw, at: number): Planted {
  if (operator === 'like')
    return String(literal)
      .replaceAll('%', at % 2 ? ` ${WORDS[draw(WORDS.length)]} ` : '')
      .replaceAll('_', 'a');
  if (typeof literal === 'number' || isNumber) {
    const number = Number(literal);
    const step = (1 + draw(6 + at)) * (Number.isInteger(number) && Math.abs(number) > 5 ? 1 : 0.1);
    const moved = operator.startsWith('>') ? number + step : operator.startsWith('<') ? number - step : number;
    return Math.round(moved * 100) / 100;
  }
  if (operator === '=') return literal;
  const [year] = /^\d{4}/.exec(literal) ?? [];
  return year === undefined
    ? literal
    : String(Number(year) + (operator.startsWith('>') ? draw(3) : -draw(3))) +
        drawDate(literal, [2013, 2013], draw).slice(4);
}

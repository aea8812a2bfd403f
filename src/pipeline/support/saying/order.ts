import { columnWords, isPlural } from '#src/domain/plain-names.ts';
import { dateNoun } from './conditions.ts';
import { measureOf } from './measures.ts';
import { measureSaid, wordsOfMeasure } from './reading.ts';
import { columnIn, type ReadSelect, wordsOf } from './sources.ts';

/** By what a query sorts first, as a superlative: "the most orders", "the highest price", "the earliest order date". */
export function superlativeOf(read: ReadSelect, things: string): string | undefined {
  const [key] = read.select.orderBy;
  if (!key) return undefined;
  const { expression, descending } = key;
  const measure = measureOf(expression, undefined, read);
  if (measure?.kind === 'count') {
    const said = wordsOfMeasure(measure);
    return said === undefined || said === things ? undefined : `the ${descending ? 'most' : 'fewest'} ${said}`;
  }
  if (measure) {
    const said = read.finest?.things.many === things ? wordsOfMeasure(measure) : measureSaid(measure, read, '');
    return said === undefined ? undefined : `the ${descending ? 'highest' : 'lowest'} ${said}`;
  }
  const of = columnIn(expression, read);
  if (!of) return undefined;
  const words = of.source === read.finest ? columnWords(of.column) : wordsOf(of, read.finest);
  const { kind } = of.column;
  if (kind === 'number') return `the ${extremeWord(words, descending)} ${words}`;
  if (kind !== 'date' && kind !== 'timestamp') return undefined;
  return `the ${descending ? 'latest' : 'earliest'} ${dateNoun(words)}`;
}

/** The most visits, but the highest price. */
export function extremeWord(words: string, most: boolean): string {
  const many = isPlural(words.split(' ').at(-1) ?? '') && !/^(?:total|average|highest|lowest) /.test(words);
  return most ? (many ? 'most' : 'highest') : many ? 'fewest' : 'lowest';
}

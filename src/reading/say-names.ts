import type { Word, Words } from '#src/domain/reading.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { SourceColumn, Statement } from './statement.ts';

export const text = (said: string): Word => ({ text: said });
export const name = (said: string): Word => ({ text: said, isName: true });

/** Words of several, with something between them. */
export const between = (all: readonly Words[], said: string): Words =>
  all.flatMap((one, at) => (at ? [text(said), ...one] : one));

/** "a, b or c" */
export function listed(all: readonly Words[], last: 'and' | 'or'): Words {
  if (all.length < 2) return all[0] ?? [];
  return [...between(all.slice(0, -1), ', '), text(` ${last} `), ...(all.at(-1) ?? [])];
}

/** One of what a table is called after, where its name is of words: `customers`, `Order_Items`, `member`. */
function oneOf(table: string): string | undefined {
  const words = splitIdentifier(table).join(' ');
  if (!/^[a-z]+(?: [a-z]+)*$/.test(words)) return undefined;
  if (words.endsWith('ies')) return `${words.slice(0, -3)}y`;
  return /(?:ss|us|is)$/.test(words) ? words : words.replace(/(ss|x|ch|sh)es$/, '$1').replace(/([^s])s$/, '$1');
}

/** The tables whose rows a statement is over: that of which each joined row is one, else all that are joined. */
export function overWords({ grain, sources }: Statement): Words {
  if (grain) return [name(grain.table.name)];
  return between(
    sources.map(({ table }) => [name(table.name)]),
    ' with ',
  );
}

/** A column by its own name, and its table's where that is another than the rows are of: "the customer's country". */
export function columnWords({ source, column }: SourceColumn, { grain }: Statement): Words {
  if (source === grain) return [name(column.name)];
  const one = oneOf(source.table.name);
  return one === undefined
    ? [name(column.name), text(` of ${source.table.name}`)]
    : [text(`the ${one}’s `), name(column.name)];
}

/** Endings of names of dates. */
const WHEN = /^(?:at|on|date|time|datetime)$/;
const HAPPENED =
  /^(?:[a-z]{2,}ed|sent|paid|sold|bought|begun|made|built|born|left|held|given|taken|written|run|won|lost|met)$/;

/** "placed in 2025" of `placed_at`, "order_date in 2025" of `order_date`. */
export function dateWords(at: SourceColumn, statement: Statement): Words {
  const [verb = '', when = '', ...more] = splitIdentifier(at.column.name);
  const happened = at.source === statement.grain && HAPPENED.test(verb) && WHEN.test(when) && !more.length;
  return happened ? [text(verb)] : columnWords(at, statement);
}

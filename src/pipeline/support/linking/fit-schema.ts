import type { Table } from '#src/domain/catalog.ts';
import { type MSchema, type MSchemaStyle, mSchemaText } from '#src/domain/m-schema.ts';
import type { CountTokens } from '#src/ports/chat-model.ts';
import { keyOf } from './keep-columns.ts';

export interface FittedSchema {
  readonly text: string;
  /** What the text shows. */
  readonly shown: MSchema;
  readonly tokens: number;
  /** What had to be left out, for the trace; empty where all is shown. */
  readonly dropped: readonly string[];
}

/** A column takes no fewer tokens than this, its name and type alone: what cannot fit is not written out to see. */
export const LEAST_TOKENS_A_COLUMN = 4;

/** How many of the first tables have no more columns than that; undefined where all have. */
function withinColumns(order: readonly Table[], most: number): number | undefined {
  let columns = 0;
  for (const [at, table] of order.entries()) {
    columns += table.columns.length;
    if (columns > most && at >= NEAR_TABLES) return at;
  }
  return undefined;
}

const FULL: MSchemaStyle = { style: 'linked' };
/** Cheaper ways to write the same tables, dearest first. */
const LEANER: readonly { readonly style: MSchemaStyle; readonly dropped: string }[] = [
  { style: { ...FULL, examples: 1 }, dropped: 'examples after the first' },
  { style: { ...FULL, examples: 1, commentLength: 60 }, dropped: 'comments after 60 characters' },
];
const BARE: MSchemaStyle = { ...FULL, examples: 0, commentLength: 0 };
/** Tables that are not given up before examples and comments are. */
const NEAR_TABLES = 6;

/**
 * The schema as text of at most `budget` tokens. Tables that could not fit however they are written go at once. Then: examples after the
 * first, long comments, tables from the least relevant down to six, all examples that the question does not name and all comments,
 * further tables, and last the columns of the last table but its keys. Keys, and what the question names, stay longest.
 *
 * @param ranked the schema's tables, the most relevant first; it is rendered in catalogue order whatever the ranking.
 */
export function fitSchema(
  schema: MSchema,
  ranked: readonly Table[],
  budget: number,
  countTokens: CountTokens,
): FittedSchema {
  const dropped: string[] = [];
  const rankOf = new Map(ranked.map((table, at) => [keyOf(table), at]));
  const order = [...schema.tables].sort((a, b) => (rankOf.get(keyOf(a)) ?? 1e9) - (rankOf.get(keyOf(b)) ?? 1e9));
  let tables = schema.tables;
  const farTooMany = withinColumns(order, budget / LEAST_TOKENS_A_COLUMN);
  if (farTooMany) {
    dropped.push(`${order.length - farTooMany} tables`);
    order.splice(farTooMany);
    tables = tables.filter((table) => order.includes(table));
  }
  let style = FULL;
  const written = () => {
    const shown = { ...schema, tables };
    const text = mSchemaText(shown, style);
    return { text, shown, tokens: countTokens(text), dropped };
  };
  let made = written();
  for (const leaner of LEANER) {
    if (made.tokens <= budget) return made;
    style = leaner.style;
    dropped.push(leaner.dropped);
    made = written();
  }
  const keepFirst = (least: number) => {
    const given: string[] = [];
    while (made.tokens > budget && order.length > least) {
      // A step of a tenth of what is left: a warehouse of thousands of tables is cut in some dozens of steps.
      const step = Math.max(1, Math.min(order.length - least, Math.floor(order.length / 10)));
      given.push(...order.splice(order.length - step, step).map(({ name }) => name));
      tables = tables.filter((table) => order.includes(table));
      made = written();
    }
    if (given.length) dropped.push(`${given.length} tables`);
  };
  keepFirst(NEAR_TABLES);
  if (made.tokens > budget) {
    style = BARE;
    dropped.push('all examples and comments');
    made = written();
  }
  keepFirst(1);
  made = { ...made, dropped };
  const [last] = tables;
  if (made.tokens <= budget || !last) return made;
  const isKey = (name: string) =>
    last.primaryKey.includes(name) || last.foreignKeys.some((key) => key.columns.includes(name));
  const columns = last.columns.slice();
  while (made.tokens > budget && columns.some(({ name }) => !isKey(name))) {
    const at = columns.findLastIndex(({ name }) => !isKey(name));
    columns.splice(at, 1);
    tables = [{ ...last, columns }];
    made = written();
  }
  dropped.push(`${last.columns.length - columns.length} columns`);
  return made;
}

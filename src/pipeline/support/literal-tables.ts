import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

/** Words that a table's name may take up in a question (“order items” for `order_items`). */
const MOST_WORDS = 4;

/** A word that no sentence has: parts joined by what joins names. */
const IDENTIFIER = /[\p{L}][\p{L}\p{N}]*(?:[_.$#][\p{L}\p{N}]+)+/gu;

const namesOf = new WeakMap<DatabaseCatalog, ReadonlySet<string>>();

/** The names of a catalog's tables in lower case, with their schemas and without. */
function tableNames(catalog: DatabaseCatalog): ReadonlySet<string> {
  const known = namesOf.get(catalog);
  if (known) return known;
  const made = new Set(
    catalog.tables.flatMap(({ schema, name }) => [name, ...(schema === undefined ? [] : [`${schema}.${name}`])]),
  );
  const lower = new Set([...made].map((name) => name.toLowerCase()));
  namesOf.set(catalog, lower);
  return lower;
}

/** What of a text may be a table's name: its words, and as many in a row, as a name would join them. */
function possibleNames(text: string): readonly string[] {
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}_.$#-]+/u)
    .map((word) => word.replace(/^[.-]+|[.-]+$/g, ''))
    .filter(Boolean);
  return words.flatMap((_, at) =>
    Array.from({ length: MOST_WORDS }, (_, more) => words.slice(at, at + more + 1)).flatMap((some) => [
      some.join('_'),
      some.join(''),
    ]),
  );
}

/** The databases that have a table of a name that a text says letter by letter. */
export function databasesNaming(
  text: string,
  ids: readonly DatabaseId[],
  catalogOf: SchemaRetriever['catalogOf'],
): ReadonlySet<DatabaseId> {
  return holding(possibleNames(text), ids, catalogOf);
}

/**
 * The one database with a table that a text calls by a name that only a catalog has (`tbl_auftr_kopf`, `sales.orders`): nothing else is
 * meant by it.
 */
export function databaseOfIdentifier(
  text: string,
  ids: readonly DatabaseId[],
  catalogOf: SchemaRetriever['catalogOf'],
): DatabaseId | undefined {
  const identifiers = text.match(IDENTIFIER) ?? [];
  const holders = identifiers.map((one) => [...holding([one.toLowerCase()], ids, catalogOf)]);
  const told = new Set(holders.filter((of) => of.length === 1).flat());
  return told.size === 1 ? [...told][0] : undefined;
}

/** Parts of names that say of what kind a thing is, and that the planner does not read. */
const KINDS = /^(?:tbl|ref)$/;

/** A table's name as a person would say its words. */
export const wordsOfTable = ({ name, title }: Pick<Table, 'name' | 'title'>): readonly string[] => {
  const words = splitIdentifier(title ?? name);
  const telling = words.filter((word) => !KINDS.test(word));
  return telling.length ? telling : words;
};

/** A text with the names that only a catalog has said in words, for the planner reads words: `tbl_Auftr_kopf` is “auftr kopf”. */
export function withSpokenTables(text: string, { tables }: DatabaseCatalog): string {
  return text.replace(IDENTIFIER, (said) => {
    const table = tables.find(({ name }) => name.toLowerCase() === said.toLowerCase());
    return table ? wordsOfTable(table).join(' ') : said;
  });
}

function holding(
  names: readonly string[],
  ids: readonly DatabaseId[],
  catalogOf: SchemaRetriever['catalogOf'],
): ReadonlySet<DatabaseId> {
  return new Set(
    ids.filter((id) => {
      const catalog = catalogOf(id);
      const own = catalog && tableNames(catalog);
      return own !== undefined && names.some((name) => own.has(name));
    }),
  );
}

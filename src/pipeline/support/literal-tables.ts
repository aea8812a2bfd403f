import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

/** Words that a table's name may take up in a question (“order items” for `order_items`). */
const MOST_WORDS = 4;

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
  const identifiers = text.match(/[\p{L}][\p{L}\p{N}]*(?:[_.$#][\p{L}\p{N}]+)+/gu) ?? [];
  const holders = identifiers.map((one) => [...holding([one.toLowerCase()], ids, catalogOf)]);
  const told = new Set(holders.filter((of) => of.length === 1).flat());
  return told.size === 1 ? [...told][0] : undefined;
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

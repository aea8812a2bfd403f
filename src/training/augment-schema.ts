import type { Table } from '#src/domain/catalog.ts';
import type { MSchema } from '#src/domain/m-schema.ts';
import type { Random } from '#src/explore/random.ts';
import type { UsedTables } from './used-tables.ts';

/** How likely each change of a shown schema is (sources.md#training-tasks): orders that are shuffled, and what the query does not use that goes. */
const CHANCES = { tables: 0.5, columns: 0.3, keys: 0.2, dropTable: 0.2, dropColumn: 0.3 } as const;

/**
 * The schema as another database might show it: tables, columns and keys in another order, and of what the query does not use only some. What it
 * uses stays, and so do the keys of tables that stay.
 */
export function augmentSchema(schema: MSchema, used: UsedTables, random: Random): MSchema {
  const usedNames = new Map([...used].map(([table, columns]) => [table.name, new Set(columns)]));
  const kept = schema.tables.filter(({ name }) => usedNames.has(name) || !random.chance(CHANCES.dropTable));
  const ordered = random.chance(CHANCES.tables) ? shuffled(kept, random) : kept;
  const [inOrder, keysInOrder] = [!random.chance(CHANCES.columns), !random.chance(CHANCES.keys)];
  const tables = ordered.map((table): Table => {
    const keys = new Set([...table.primaryKey, ...table.foreignKeys.flatMap(({ columns }) => columns)]);
    const own = usedNames.get(table.name);
    const isNeeded = (name: string) => keys.has(name) || own?.has(name);
    const columns = table.columns.filter(({ name }) => isNeeded(name) || !random.chance(CHANCES.dropColumn));
    // A table must have some column.
    const some = columns.length ? columns : table.columns.slice(0, 1);
    return {
      ...table,
      columns: inOrder ? some : shuffled(some, random),
      foreignKeys: keysInOrder ? table.foreignKeys : shuffled(table.foreignKeys, random),
    };
  });
  return { ...schema, tables };
}

export function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0]!);
}

import type { DatabaseCatalog } from './catalog.ts';
import type { DatabaseId } from './ids.ts';
import { jaccard } from './likeness.ts';

/**
 * Columns that two databases share, of all that either has, from which they are copies. Of the 384 databases of Spider, BIRD, Spider 2 and
 * sql-eval pairs of one origin share 0.59 and more (PATENTS and PATENTS_GOOGLE 0.77), all others 0.44 and less.
 */
const ALIKE = 0.5;

/** Which databases hold nearly the same columns in tables of the same names: a dump of another year, one shop a country. */
export interface NearCopies {
  /** The near copies of a database, in the order of all; it is not among them. */
  readonly of: (id: DatabaseId) => readonly DatabaseId[];
  /** What belongs together, each database in one family at most. */
  readonly families: readonly (readonly DatabaseId[])[];
}

type Columns = ReadonlySet<string>;

/** Databases with the very same columns, by their places among all. */
interface Shape {
  readonly columns: Columns;
  readonly at: number[];
  /** Other shapes that are nearly this one. */
  readonly near: Shape[];
}

/** Finds near copies among all databases. What has nothing rare in common is never compared. */
export function nearCopiesAmong(catalogs: readonly DatabaseCatalog[]): NearCopies {
  const shapes = shapesOf(catalogs);
  linkNear(shapes);
  const shapeOf = new Map(shapes.flatMap((shape) => shape.at.map((at) => [catalogs[at]!.databaseId, shape] as const)));
  const idsAt = (places: readonly number[]) =>
    [...places].sort((a, b) => a - b).map((place) => catalogs[place]!.databaseId);
  return {
    of(id) {
      const shape = shapeOf.get(id);
      return shape ? idsAt([shape, ...shape.near].flatMap(({ at }) => at)).filter((one) => one !== id) : [];
    },
    families: familiesOf(shapes)
      .map(idsAt)
      .filter(({ length }) => length > 1),
  };
}

/** Whether two databases are near copies as they are seen here. */
export const areNearCopies = (one: DatabaseCatalog, other: DatabaseCatalog): boolean =>
  jaccard(columnsOf(one), columnsOf(other)) >= ALIKE;

function shapesOf(catalogs: readonly DatabaseCatalog[]): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  for (const [at, catalog] of catalogs.entries()) {
    const columns = columnsOf(catalog);
    if (!columns.size) continue;
    const key = [...columns].sort().join('\n');
    const known = shapes.get(key);
    if (known) known.at.push(at);
    else shapes.set(key, { columns, at: [at], near: [] });
  }
  return [...shapes.values()];
}

/** Two sets that share half of either have one of the rarest half of each in common (prefix filtering; Bayardo et al. 2007). */
function linkNear(shapes: readonly Shape[]): void {
  const held = new Map<string, number>();
  for (const { columns } of shapes) for (const column of columns) held.set(column, (held.get(column) ?? 0) + 1);
  const holders = new Map<string, Shape[]>();
  for (const shape of shapes) {
    const { columns } = shape;
    const inOrder = [...columns].sort((a, b) => held.get(a)! - held.get(b)! || (a < b ? -1 : 1));
    const met = new Set<Shape>();
    for (const column of inOrder.slice(0, columns.size - Math.ceil(ALIKE * columns.size) + 1)) {
      const before = holders.get(column) ?? [];
      for (const other of before) met.add(other);
      before.push(shape);
      holders.set(column, before);
    }
    for (const other of met)
      if (jaccard(columns, other.columns) >= ALIKE) {
        shape.near.push(other);
        other.near.push(shape);
      }
  }
}

/** The places of the databases that shapes lead to from one to another. */
function familiesOf(shapes: readonly Shape[]): number[][] {
  const told = new Set<Shape>();
  return shapes.flatMap((first) => {
    const places: number[] = [];
    const open = [first];
    for (let shape = open.pop(); shape; shape = open.pop()) {
      if (told.has(shape)) continue;
      told.add(shape);
      places.push(...shape.at);
      open.push(...shape.near);
    }
    return places.length ? [places] : [];
  });
}

const known = new WeakMap<DatabaseCatalog, Columns>();

/** The columns of a database by table and name, whatever their case and schema: copies lie in schemas of other names. */
function columnsOf(catalog: DatabaseCatalog): Columns {
  const kept = known.get(catalog);
  if (kept) return kept;
  const columns = new Set(
    catalog.tables.flatMap((table) => table.columns.map(({ name }) => `${table.name}\t${name}`.toLowerCase())),
  );
  known.set(catalog, columns);
  return columns;
}

import { type DatabaseCatalog, type Table, tableLabel } from '#src/domain/catalog.ts';
import { latestSeen } from '#src/domain/freshness.ts';
import type { RankedSchema } from '#src/domain/schema-slice.ts';
import type { TableCopy, TableFamily } from '#src/domain/table-copies.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Plan } from '#src/planner/plan.ts';

/** The reading of a question over one of several tables that are near copies, the others left out. */
export interface CopyReading {
  readonly copy: TableCopy;
  readonly schema: RankedSchema;
  readonly plan: Extract<Plan, { readonly kind: 'planned' }>;
}

/** Near copies within a database of which a question names none: the reading over each, the freshest first. */
export interface OpenCopies {
  readonly family: TableFamily;
  readonly readings: readonly CopyReading[];
}

export interface PlannedAmongCopies {
  readonly schema: RankedSchema;
  readonly plan: Plan;
  readonly copies?: OpenCopies;
}

/** Copies that a question is read over; more are told by their number. */
const MOST_READ = 4;

/**
 * Reads a question over a database that has near copies of tables. Of each family only the table is there that the question names, by what
 * its name has and the others' lack or by what all have in common; where it names none of a family that it needs, it is read over each.
 */
export function planAmongCopies(
  whole: RankedSchema,
  families: readonly TableFamily[],
  text: string,
  planOver: (schema: RankedSchema) => Plan,
): PlannedAmongCopies {
  if (!families.length) return { schema: whole, plan: planOver(whole) };
  const words = new Set(splitIdentifier(text).map(stem));
  const meant = families.map((family) => ({ family, copies: copiesNamed(words, family) }));
  const kept: Kept[] = meant.flatMap(({ family, copies: [only, second] }) =>
    only && !second ? { family, copy: only } : [],
  );
  const named = keepOnly(whole, kept);
  const open = meant.flatMap(({ family, copies }) => (copies.length ? [] : [family]));
  const over = (one?: TableFamily, copy?: TableCopy) =>
    keepOnly(
      named,
      open.flatMap((family) => {
        const stays = family === one ? copy : freshestFirst(family)[0];
        return stays ? { family, copy: stays, title: family.name } : [];
      }),
    );
  const first = planOver(over());
  const needed = first.kind === 'planned' ? open.find((family) => reads(first, family, whole.catalog)) : undefined;
  if (!needed) {
    const plan = first.kind === 'planned' ? first : planOver(named);
    return plan.kind === 'planned' ? { schema: named, plan } : { schema: whole, plan: planOver(whole) };
  }
  const readings = freshestFirst(needed)
    .slice(0, MOST_READ)
    .flatMap((copy): CopyReading[] => {
      const plan = planOver(over(needed, copy));
      return plan.kind === 'planned' ? [{ copy, schema: keepOnly(named, [{ family: needed, copy }]), plan }] : [];
    });
  return { schema: whole, plan: first, ...(readings.length > 1 ? { copies: { family: needed, readings } } : {}) };
}

/** The members of a family that some words name: by their own part; where none is named so, the one that all are called by. */
function copiesNamed(words: ReadonlySet<string>, { members }: TableFamily): readonly TableCopy[] {
  const named = members.filter(({ part }) => part.length > 0 && part.every((one) => words.has(one)));
  return named.length ? named : members.filter(({ part }) => !part.length);
}

/** The one of a family that stays, and what it is called then. */
interface Kept {
  readonly family: TableFamily;
  readonly copy: TableCopy;
  readonly title?: string;
}

/** A schema without the other members of some families. */
function keepOnly(schema: RankedSchema, kept: readonly Kept[]): RankedSchema {
  if (!kept.length) return schema;
  const stands = new Map<Table, Table | undefined>();
  for (const { family, copy, title } of kept)
    for (const { table } of family.members)
      stands.set(table, table !== copy.table ? undefined : title === undefined ? table : { ...table, title });
  const without = (tables: readonly Table[]) =>
    tables.flatMap((one) => (stands.has(one) ? (stands.get(one) ?? []) : [one]));
  return { catalog: { ...schema.catalog, tables: without(schema.catalog.tables) }, ranked: without(schema.ranked) };
}

/** The freshest first: by the latest date seen in it, else by what tells its name, a later year before an earlier one. */
function freshestFirst({ members }: TableFamily): readonly TableCopy[] {
  const keyOf = ({ table, part }: TableCopy) => `${latestSeen(table)?.date ?? ''} ${part.join(' ')}`;
  return [...members].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
}

const reads = (plan: CopyReading['plan'], { members }: TableFamily, { engine }: DatabaseCatalog): boolean =>
  members.some(({ table }) => plan.tables.includes(tableLabel(table, engine)));

import { splitIdentifier } from '#src/domain/words.ts';
import {
  type ColumnIr,
  type ExpressionIr,
  mapParts,
  mapQuery,
  type QueryIr,
  type SourceIr,
} from '#src/sql/query-ir.ts';
import type { Resolved, VisibleSource } from '#src/sql/resolve.ts';
import { nameKey, sayReading } from './mend-place.ts';
import type { StepMend } from './mend-steps.ts';
import { bracket } from './print-edl.ts';

interface Reading {
  readonly code: StepMend['code'];
  readonly source: VisibleSource;
  readonly column: string;
  /** The text says no table, and needs none. */
  readonly isBare: boolean;
}

/**
 * N47 and N48: columns that were not found, each as the one that it can only be: spelt otherwise, with another sign for the dot, or
 * said of a table that has it not where one other has.
 */
export function mendColumns(
  query: QueryIr,
  lost: Resolved['lost'],
  stepAt: (at: number | undefined) => number | undefined,
): { readonly query: QueryIr; readonly mends: readonly StepMend[] } {
  const mends = new Map<string, StepMend>();
  const expression = (part: ExpressionIr): ExpressionIr => {
    const levels = part.kind === 'column' ? lost.get(part) : undefined;
    if (part.kind !== 'column' || !levels) return mapParts(part, within);
    const reading = readingOf(part, levels);
    if (!reading) return part;
    const { source, column, isBare, code } = reading;
    const read = isBare ? bracket(column) : bracket(`${source.name}.${column}`);
    const step = stepAt(part.span?.start) ?? 0;
    mends.set(`${step} ${writtenAs(part)}`, { code, step, says: sayReading(bracket(writtenAs(part)), read) });
    return {
      kind: 'column',
      ...(isBare ? {} : { table: source.name }),
      name: column,
      ...(part.span ? { span: part.span } : {}),
    };
  };
  const source = (part: SourceIr): SourceIr =>
    part.kind === 'derived' ? { ...part, query: mapQuery(part.query, within) } : part;
  const within = { expression, source, query: (part: QueryIr): QueryIr => mapQuery(part, within) };
  return { query: mapQuery(query, within), mends: [...mends.values()] };
}

const writtenAs = ({ table, name }: ColumnIr): string => (table === undefined ? name : `${table}.${name}`);

/** The only reading in the nearest SELECT that has any. */
function readingOf(column: ColumnIr, levels: readonly (readonly VisibleSource[])[]): Reading | undefined {
  for (const readings of [speltOtherwise, ofAnother, ofInitials, inPart]) {
    for (const level of levels) {
      const [only, ...others] = readings(column, level);
      if (others.length) return readings === ofAnother ? ofInitials(column, level)[0] : undefined;
      if (only) return only;
    }
  }
  return undefined;
}

function speltOtherwise({ table, name }: ColumnIr, level: readonly VisibleSource[]): Reading[] {
  const key = nameKey(name);
  return level.flatMap((source) => {
    const called = [nameKey(source.name), nameKey(source.table)];
    return source.columns.flatMap((column): Reading[] => {
      const reading = { code: 'M_COLUMN', source, column } as const;
      const isAlike = nameKey(column) === key;
      if (table !== undefined) return isAlike && called.includes(nameKey(table)) ? [{ ...reading, isBare: false }] : [];
      if (isAlike) return [{ ...reading, isBare: true }];
      return called.some((before) => before + nameKey(column) === key) ? [{ ...reading, isBare: false }] : [];
    });
  });
}

function ofAnother({ table, name }: ColumnIr, level: readonly VisibleSource[]): Reading[] {
  if (table === undefined) return [];
  const key = nameKey(name);
  return level.flatMap((source) =>
    source.columns
      .filter((column) => nameKey(column) === key)
      .map((column): Reading => ({ code: 'M_COLUMN_OF', source, column, isBare: false })),
  );
}

/** N50: the one column of its table, or of all where none is said, that ends in what is written: [name] is [authorName]. */
function inPart({ table, name }: ColumnIr, level: readonly VisibleSource[]): Reading[] {
  const said = splitIdentifier(name).join(' ');
  if (said === 'id') return []; // of whatever the column refers to
  const own = level.filter((source) => table === undefined || source.name.toLowerCase() === table.toLowerCase());
  return own.flatMap((source) =>
    source.columns
      .filter((column) => splitIdentifier(column).join(' ').endsWith(` ${said}`))
      .map((column): Reading => ({ code: 'M_COLUMN_PART', source, column, isBare: table === undefined })),
  );
}

/** Of several tables the only one whose name the written alias begins or abbreviates. */
function ofInitials(column: ColumnIr, level: readonly VisibleSource[]): Reading[] {
  const alias = column.table?.toLowerCase() ?? '';
  const fits = ({ source: { table } }: Reading) => {
    const initials = splitIdentifier(table).map((word) => word.charAt(0));
    return table.toLowerCase().startsWith(alias) || initials.join('') === alias;
  };
  const all = ofAnother(column, level).filter(fits);
  return all.length === 1 ? all : [];
}

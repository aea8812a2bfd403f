import type { Column, Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { mayShowExamples } from '#src/domain/personal.ts';
import { sayWords } from '#src/domain/reading.ts';
import { columnsWithRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import type { ConditionIr, ExpressionIr } from '#src/sql/query-ir.ts';
import type { Filtered, Outline } from './outline.ts';
import { type Edit, nearestFirst, type Part, type ReadFor } from './part.ts';
import { withConditions } from './rewriting.ts';
import { conditionWords } from './say-expression.ts';
import { columnAt, columnIr, type SourceColumn, type Statement } from './statement.ts';

const MOST_VALUES = 4;
const MOST_COLUMNS = 2;

/** Each filter: without it, the opposite, another value, the same value of another column. */
export function filterParts({ statement, filters }: Outline, read: ReadFor): readonly Part[] {
  return filters.map((filter): Part => {
    const words = sayWords(filter.words);
    const clause = filter.ofGroups ? 'having' : 'where';
    const without: Edit = {
      words: `without “${words}”`,
      becomes: undefined,
      query: withConditions(statement.query, [filter.condition], [], clause),
      does: `without ${words}`,
    };
    const others = filter.ofGroups ? [] : otherConditions(filter, statement, read);
    const edits = others.flatMap((condition): readonly Edit[] => {
      const said = conditionWords(condition, statement);
      if (!said) return [];
      const query = withConditions(statement.query, [filter.condition], [condition], clause);
      return [{ words: sayWords(said), becomes: sayWords(said), query, does: `${words} ${sayWords(said)}` }];
    });
    return { kind: 'filter', words: filter.words, edits: [without, ...edits] };
  });
}

type Compare = Extract<ConditionIr, { readonly kind: 'compare' }>;

function otherConditions({ condition }: Filtered, statement: Statement, read: ReadFor): readonly ConditionIr[] {
  if (condition.kind === 'in-query') return [{ ...condition, negated: !condition.negated }];
  if (condition.kind === 'null-test') return [{ ...condition, negated: !condition.negated }];
  if (condition.kind !== 'compare' || (condition.operator !== '=' && condition.operator !== '<>')) return [];
  const at = columnAt(condition.left, statement);
  if (!at || condition.quantifier || condition.right.kind === 'query') return [];
  const flag = flagOf(at.column, statement.catalog.engine);
  const opposite: Compare = { ...condition, operator: condition.operator === '=' ? '<>' : '=' };
  if (flag)
    return [{ ...condition, right: flipped(condition.right, flag) ?? condition.right }].filter(
      (one) => one.right !== condition.right,
    );
  return [opposite, ...otherValues(condition, at, statement, read), ...otherColumns(condition, at, statement)];
}

/** The other of a flag's two values, as it is written. */
function flipped(value: ExpressionIr, flag: NonNullable<ReturnType<typeof flagOf>>): ExpressionIr | undefined {
  switch (value.kind) {
    case 'boolean':
      return { kind: 'boolean', value: !value.value };
    case 'number':
      return /^[01]$/.test(value.text) ? { kind: 'number', text: value.text === '1' ? '0' : '1' } : undefined;
    case 'text': {
      const isYes = String(flag.yes.value).toLowerCase() === value.value.toLowerCase();
      const other = isYes ? flag.no : flag.yes;
      return other.kind === 'text' ? { kind: 'text', value: other.value } : undefined;
    }
    default:
      return undefined;
  }
}

/** Values may be told where they are of nobody, and where everybody sees the rows that have them. */
const mayTell = (column: Column, table: Table) => !table.rowSecurity && mayShowExamples(column, table);

/** Other values that rows have there, where they may be shown. */
function otherValues(
  condition: Compare,
  { source, column }: SourceColumn,
  { catalog }: Statement,
  { question }: ReadFor,
): readonly ConditionIr[] {
  const { right } = condition;
  const isCategory = roleOf({ table: source.table, column }, catalog) === 'category';
  if (right.kind !== 'text' || column.kind !== 'text' || !isCategory || !mayTell(column, source.table)) return [];
  const values = column.values.filter((value) => value !== right.value && value.trim() !== '' && value.length <= 40);
  return nearestFirst(values, (value) => value, question)
    .slice(0, MOST_VALUES)
    .map((value) => ({ ...condition, operator: '=', right: { kind: 'text', value } }));
}

/** Other columns in which the same value is stored. */
function otherColumns(condition: Compare, at: SourceColumn, statement: Statement): readonly ConditionIr[] {
  const { right } = condition;
  if (right.kind !== 'text') return [];
  const all = statement.sources.flatMap((source) =>
    columnsWithRole(source.table, 'category', statement.catalog).map((column) => ({ source, column })),
  );
  return all
    .filter(
      ({ source, column }) =>
        column !== at.column && column.values.includes(right.value) && mayTell(column, source.table),
    )
    .slice(0, MOST_COLUMNS)
    .map((other) => ({ ...condition, left: columnIr(other) }));
}

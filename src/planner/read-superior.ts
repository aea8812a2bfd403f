import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { ComparisonOperator } from '#src/sql/query-ir.ts';
import { ADJECTIVES, IS, OPERATORS } from './comparisons.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, meaning, pattern } from './pattern.ts';
import { COLUMN, type Taken } from './sentence.ts';
import { PAY } from './superlatives.ts';

const SUPERIORS = /^(?:manager|boss|supervisor|superior|parent|mentor|chief)$/;

/** The reference from a table to itself that a word names: "manager" of `manager_id`, "parent" of `parent_id`. */
function referenceNamed(
  table: Table,
  word: string,
  key: ColumnRef,
  { tables }: DatabaseCatalog,
): ColumnRef | undefined {
  const elsewhere = tables.some(({ name, title }) =>
    splitIdentifier(title ?? name).some((part) => stem(part) === stem(word)),
  );
  const own = table.foreignKeys.filter(
    ({ columns, targetTable }) => columns.length === 1 && targetTable.toLowerCase() === table.name.toLowerCase(),
  );
  const column = table.columns.find(
    (one) =>
      (own.some(({ columns }) => columns.includes(one.name)) ||
        // not declared, but of no other table
        (SUPERIORS.test(word) &&
          !elsewhere &&
          one.kind === key.column.kind &&
          !table.foreignKeys.some(({ columns }) => columns.includes(one.name)))) &&
      splitIdentifier(one.title ?? one.name).some((part) => stem(part) === stem(word)),
  );
  return column && { table, column };
}

/** Holds a row against the one of the same table that it refers to. */
function compareWithSuperior(
  reading: Reading,
  ref: ColumnRef | undefined,
  operator: ComparisonOperator | undefined,
  superior: string,
): Taken {
  const table = subjectOf(reading);
  const word = reading.sentence.wording(superior).toLowerCase();
  const key = table && reading.resolver.key(table);
  const by = key && referenceNamed(table, word, key, reading.resolver.catalog);
  if (!ref || !operator || ref.table !== table || !by || !key) return false;
  return addFilter(reading, { kind: 'superior', ref, operator, by: by.column, key: key.column });
}

const WHO = '(?: (?:that|who|which|and|are|is|were|was))*';
const superior = capture('superior', '[a-z]{4,}|[CTBV]\\d+');
const column = capture('column', COLUMN);
const THAN = 'than (?:that of |those of )?(?:their|its|his|her)(?: own)?';

const operatorOf = (degree: string): ComparisonOperator =>
  /^(?:more|higher|greater|larger|bigger|longer)$/.test(degree) ? '>' : '<';

/** "employees who earn more than their manager", "with a higher salary than their manager", "older than their manager". */
export const readSuperior = inOrder(
  rule(
    pattern`${WHO} (?:earn|earns|earning|earned|make|makes|paid|get paid) ${capture('degree', 'more|less')} ${THAN} ${superior}(?= ·| $| ,| D\d)`,
    ({ degree, superior }, reading) =>
      compareWithSuperior(
        reading,
        reading.resolver.hinted(subjectOf(reading), PAY, ['number']),
        operatorOf(degree),
        superior,
      ),
  ),
  rule(
    pattern`${WHO} (?:with|has|have|having|had|earn|earns|earning|get|gets|make|makes) (?:an? )?${capture('degree', 'more|higher|greater|larger|bigger|longer|less|lower|smaller|fewer|shorter')} ${column} ${THAN} ${superior}(?= ·| $| ,)`,
    ({ degree, column, superior }, reading) =>
      compareWithSuperior(reading, reading.resolver.column(column, subjectOf(reading)), operatorOf(degree), superior),
  ),
  rule(
    pattern`${WHO} ${meaning('adjective', ADJECTIVES)} ${THAN} ${superior}(?= ·| $| ,)`,
    ({ adjective, superior }, reading) =>
      compareWithSuperior(
        reading,
        reading.resolver.hinted(subjectOf(reading), adjective.hints, ['number']),
        adjective.operator,
        superior,
      ),
  ),
  rule(
    pattern`(?: and)? whose ${column} ${IS}${meaning('operator', OPERATORS)} (?:that of |the [CB]\d+ of )?(?:their|its|his|her)(?: own)? ${superior}(?: [CB]\d+)?(?= ·| $| ,)`,
    ({ column, operator, superior }, reading) =>
      compareWithSuperior(reading, reading.resolver.column(column, subjectOf(reading)), operator, superior),
  ),
);

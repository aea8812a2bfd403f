import type { ResultTable } from '#src/domain/result-table.ts';
import type { QueryIr, SelectIr } from '#src/sql/query-ir.ts';
import { type Check, counted, type Finding, failed, look, NOT_APPLICABLE, outerSelect, passed, told } from './check.ts';

/** Whether the rows end where there are none left: at the cap of rows, at a LIMIT without an order, at a tie. */
export const checkEdge: Check = (subject) => {
  const { table, query } = subject;
  if (table.truncated === 'rows')
    return told(`Only the first ${counted(table.rows.length)} rows were read; there are more.`);
  const limit = 'limit' in query ? query.limit : undefined;
  if (limit === undefined || limit < 1) return NOT_APPLICABLE;
  if (table.rows.length < limit) return passed('The limit cuts no row.');
  const select = outerSelect(subject);
  return select && !select.distinct ? lookBehind(select, limit) : NOT_APPLICABLE;
};

/** The last row that is shown and the first that is not, by what they are sorted by. */
function lookBehind(select: SelectIr, limit: number): Finding {
  const { orderBy, offset = 0 } = select;
  if (!orderBy.length) {
    const next: QueryIr = { ...select, limit: 1, offset: offset + limit };
    return look(next, ({ rows }) =>
      rows.length
        ? failed(`these are ${counted(limit)} of more rows, and nothing says which.`)
        : passed('The limit cuts no row.'),
    );
  }
  const items = orderBy.map(({ expression }, at) => ({ expression, alias: `sorted_${at + 1}` }));
  return look({ ...select, items, limit: 2, offset: offset + limit - 1 }, (table) =>
    ties(table) ? told(sayTie(limit)) : passed('No row behind the last one ties with it.'),
  );
}

const ties = ({ rows: [last, next] }: ResultTable): boolean =>
  last !== undefined && next !== undefined && last.every((cell, at) => String(cell) === String(next[at]));

const sayTie = (limit: number): string =>
  limit === 1
    ? 'Others share the first place; one of them is shown.'
    : `Others share the last of the ${counted(limit)} places and are not shown.`;

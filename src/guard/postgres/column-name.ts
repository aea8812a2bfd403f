import type { Node, SelectStmt, SubLink } from '@pgsql/types';
import { bodyOf, fieldsOfColumn, lastName, text, typeOf } from './tree.ts';

const UNNAMED = '?column?';

/** How PostgreSQL names a column without an alias (parse_target.c, FigureColname). */
export function columnName(node: Node | undefined): string {
  if (!node) return UNNAMED;
  if ('ColumnRef' in node) return text(fieldsOfColumn(node).at(-1));
  if ('FuncCall' in node) return lastName(node.FuncCall.funcname);
  if ('A_Indirection' in node) {
    const field = node.A_Indirection.indirection?.findLast((step) => bodyOf(step, 'String'));
    return field ? text(field) : columnName(node.A_Indirection.arg);
  }
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? 'nullif' : UNNAMED;
  if ('TypeCast' in node) {
    const inner = columnName(node.TypeCast.arg);
    return inner === UNNAMED ? lastName(node.TypeCast.typeName?.names) : inner;
  }
  if ('CollateClause' in node) return columnName(node.CollateClause.arg);
  if ('CaseExpr' in node) {
    const otherwise = columnName(node.CaseExpr.defresult);
    return otherwise === UNNAMED ? 'case' : otherwise;
  }
  if ('SubLink' in node) return subLinkName(node.SubLink);
  if ('SQLValueFunction' in node)
    return String(node.SQLValueFunction.op).replace('SVFOP_', '').replace(/_N$/, '').toLowerCase();
  if ('MinMaxExpr' in node) return node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest';
  return NAMES[typeOf(node)] ?? UNNAMED;
}

const NAMES: Readonly<Record<string, string>> = {
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  CoalesceExpr: 'coalesce',
  GroupingFunc: 'grouping',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
};

function subLinkName({ subLinkType, subselect }: SubLink): string {
  if (subLinkType === 'EXISTS_SUBLINK') return 'exists';
  if (subLinkType === 'ARRAY_SUBLINK') return 'array';
  if (subLinkType !== 'EXPR_SUBLINK') return UNNAMED;
  let select: SelectStmt | undefined = bodyOf(subselect, 'SelectStmt');
  while (select?.larg) select = select.larg;
  const first = bodyOf(select?.targetList?.[0], 'ResTarget');
  if (!first) return 'column1';
  return first.name ?? columnName(first.val);
}

import type { Node } from '@pgsql/types';
import { bodyOf, lastName } from './tree.ts';

export interface Condition {
  readonly operator: '=' | '<';
  readonly left: Node;
  readonly right: Node;
}

/** The comparisons that a condition demands: parts of ANDs. */
export function conditionsOf(condition: Node | undefined): readonly Condition[] {
  const and = bodyOf(condition, 'BoolExpr');
  if (and?.boolop === 'AND_EXPR') return (and.args ?? []).flatMap(conditionsOf);
  const { kind, name, lexpr: left, rexpr: right } = bodyOf(condition, 'A_Expr') ?? {};
  if (!left || !right) return [];
  if (kind === 'AEXPR_BETWEEN') return [{ operator: '<', left, right }];
  if (kind !== 'AEXPR_OP') return [];
  const symbol = lastName(name);
  if (symbol === '=') return [{ operator: '=', left, right }];
  return ['<', '<=', '>', '>='].includes(symbol) ? [{ operator: '<', left, right }] : [];
}

/** Those of the inner joins in a source. */
export function onConditions(source: Node | undefined): readonly Condition[] {
  const join = bodyOf(source, 'JoinExpr');
  if (!join) return [];
  const own = join.jointype === 'JOIN_INNER' ? conditionsOf(join.quals) : [];
  return [...own, ...onConditions(join.larg), ...onConditions(join.rarg)];
}

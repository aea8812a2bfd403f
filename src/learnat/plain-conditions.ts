import type { ComparisonOperator, ConditionIr } from '#src/sql/query-ir.ts';

/** What a condition asks for, part by part, each written the one way that this room compares. */
export const plainConditions = (conditions: readonly (ConditionIr | undefined)[]): readonly ConditionIr[] =>
  conditions.flatMap((one) => (one ? conjuncts(one) : []));

function conjuncts(condition: ConditionIr): readonly ConditionIr[] {
  switch (condition.kind) {
    case 'and':
      return condition.parts.flatMap(conjuncts);
    case 'or':
      return [{ kind: 'or', parts: condition.parts.flatMap(disjuncts) }];
    case 'between': {
      const { value, low, high, negated } = condition;
      const from = mirrored({ kind: 'compare', operator: '>=', left: value, right: low });
      const to = mirrored({ kind: 'compare', operator: '<=', left: value, right: high });
      return negated ? [condition] : [from, to];
    }
    case 'compare':
      return [mirrored(condition)];
    case 'in': {
      const [only, ...others] = condition.options;
      if (!only || others.length) return [condition];
      return [{ kind: 'compare', operator: condition.negated ? '<>' : '=', left: condition.value, right: only }];
    }
    case 'not':
      return negation(condition);
    default:
      return [condition];
  }
}

const disjuncts = (part: ConditionIr): readonly ConditionIr[] => {
  if (part.kind === 'or') return part.parts.flatMap(disjuncts);
  const parts = conjuncts(part);
  return parts.length > 1 ? [{ kind: 'and', parts }] : parts;
};

type Compare = Extract<ConditionIr, { kind: 'compare' }>;

const MIRRORED: ReadonlyMap<ComparisonOperator, ComparisonOperator> = new Map([
  ['<', '>'],
  ['<=', '>='],
]);

/** `3 < a` is `a > 3`: of two ways to write a comparison the one with the larger side first. */
function mirrored(compare: Compare): Compare {
  const operator = compare.quantifier ? undefined : MIRRORED.get(compare.operator);
  return operator ? { ...compare, operator, left: compare.right, right: compare.left } : compare;
}

const OPPOSITE: ReadonlyMap<ComparisonOperator, ComparisonOperator> = new Map([
  ['=', '<>'],
  ['<>', '='],
  ['>', '<='],
  ['>=', '<'],
  ['<', '>='],
  ['<=', '>'],
]);

/** NOT before what can say it itself. */
function negation(condition: Extract<ConditionIr, { kind: 'not' }>): readonly ConditionIr[] {
  const { part } = condition;
  switch (part.kind) {
    case 'compare': {
      const operator = part.quantifier ? undefined : OPPOSITE.get(part.operator);
      return operator ? conjuncts({ ...part, operator }) : [condition];
    }
    case 'between':
    case 'like':
    case 'null-test':
    case 'in':
    case 'in-query':
    case 'exists':
      return conjuncts({ ...part, negated: !part.negated });
    case 'not':
      return conjuncts(part.part);
    default:
      return [condition];
  }
}

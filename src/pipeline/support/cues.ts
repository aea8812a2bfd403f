import type { Engine } from '#src/domain/catalog.ts';
import { type IrNode, type QueryIr, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';

/** A word of a question that a query must answer to, and what of a query answers to it. */
interface Cue {
  readonly name: string;
  readonly asked: RegExp;
  readonly answers: (shape: Shape) => boolean;
}

/** What a query does, as far as words ask for it. */
interface Shape {
  /** An AVG. */
  readonly means: boolean;
  /** An AVG or a division. */
  readonly averages: boolean;
  readonly groups: boolean;
  readonly ranks: boolean;
  readonly negates: boolean;
  readonly leavesOut: boolean;
  readonly meetsTwice: boolean;
  readonly distinct: boolean;
}

const CUES: readonly Cue[] = [
  { name: 'average', asked: /\b(?:average|averages|avg|mean)\b/i, answers: ({ averages }) => averages },
  {
    name: 'without',
    asked:
      /\b(?:never|without|(?:do|does|did|has|have|had) not|(?:do|does|did|has|have|had)n['’]?t|(?:has|have|had|with) no|except)\b/i,
    answers: ({ leavesOut }) => leavesOut,
  },
  {
    name: 'not',
    asked: /\b(?:not|neither|nor|other than|excluding)\b|n['’]t\b/i,
    answers: ({ negates, leavesOut }) => negates || leavesOut,
  },
  { name: 'both', asked: /\bboth\b/i, answers: ({ meetsTwice }) => meetsTwice },
  {
    name: 'most',
    asked:
      /\b(?:most|least|fewest|highest|lowest|largest|smallest|biggest|oldest|youngest|longest|shortest|latest|earliest|maximum|minimum|top|cheapest)\b(?! (?:common )?\d+ or\b)/i,
    answers: ({ ranks }) => ranks,
  },
  {
    name: 'no average',
    asked:
      /^(?!.*\b(?:average|averages|averaged|avg|mean|typical(?:ly)?|usual(?:ly)?|ratio|rate|per|share|percent(?:age)?|proportion|how (?:long|old))\b)/is,
    answers: ({ means }) => !means,
  },
  { name: 'each', asked: /\b(?:each|per)\b/i, answers: ({ groups }) => groups },
  {
    name: 'different',
    asked: /\b(?:distinct|different|unique)\b/i,
    answers: ({ distinct, groups }) => distinct || groups,
  },
];

/** Words of a question that a query does not answer to: "on average" without an average, "never" without anything left out. */
export function unansweredCues(question: string, sql: string, engine: Engine): readonly string[] {
  const asked = CUES.filter((cue) => cue.asked.test(question));
  if (!asked.length) return [];
  const parsed = parseSql(sql, engine);
  if (!parsed.ok || parsed.value.kind === 'verbatim-query') return [];
  const shape = shapeOf(parsed.value);
  return asked.filter((cue) => !cue.answers(shape)).map(({ name }) => name);
}

function shapeOf(query: QueryIr): Shape {
  const shape = {
    means: false,
    averages: false,
    groups: false,
    ranks: false,
    negates: false,
    leavesOut: false,
    meetsTwice: false,
    distinct: false,
  };
  const tables: string[] = [];
  visit(query, (node) => {
    look(node, shape);
    if (node.kind === 'table') tables.push(String(node.name).toLowerCase());
  });
  if (new Set(tables).size < tables.length) shape.meetsTwice = true;
  return shape;
}

type Found = { -readonly [K in keyof Shape]: boolean };

function look(node: IrNode, shape: Found): void {
  switch (node.kind) {
    case 'aggregate':
      if (node.name === 'avg') {
        shape.means = true;
        shape.averages = true;
      }
      if (node.name === 'min' || node.name === 'max') shape.ranks = true;
      if (node.distinct) shape.distinct = true;
      break;
    case 'arithmetic':
      if (node.operator === '/') shape.averages = true;
      break;
    case 'select':
      if (node.groupBy?.length) shape.groups = true;
      if (node.having) shape.meetsTwice = true;
      if (node.distinct) shape.distinct = true;
      if (node.orderBy?.length) shape.ranks = true;
      break;
    case 'window':
      shape.ranks = true;
      shape.groups = true;
      break;
    case 'set-operation':
      if (node.operator === 'EXCEPT') shape.leavesOut = true;
      if (node.operator === 'INTERSECT') shape.meetsTwice = true;
      shape.distinct = true;
      break;
    case 'in-query':
    case 'exists':
      if (node.negated) shape.leavesOut = true;
      break;
    case 'not':
      shape.leavesOut = true;
      break;
    case 'null-test':
      shape.leavesOut = true;
      break;
    case 'in':
    case 'like':
    case 'between':
      if (node.negated) shape.negates = true;
      break;
    case 'compare':
      if (node.operator === '<>') shape.negates = true;
      if (node.quantifier === 'all') shape.ranks = true;
      break;
    default:
  }
}

import { canonical, type ExpressionIr, type QueryIr, rewrite, type SourceIr } from './query-ir.ts';

/** A query without names, literals and aliases, as text: two with the same skeleton differ in these alone. */
export const skeletonOf = (query: QueryIr): string => canonical(maskedQuery(query));

/** A query of which each name and literal is the same, without aliases. */
export function maskedQuery(query: QueryIr): QueryIr {
  const masked = rewrite(query, { expression: maskExpression, source: maskSource });
  const dropped = (key: string, value: unknown) => (DROPPED.has(key) ? undefined : value);
  return JSON.parse(JSON.stringify(masked, dropped)) as QueryIr;
}

const DROPPED: ReadonlySet<string> = new Set(['alias', 'span', 'limitSpan', 'quoted', 'resolved']);

const LITERAL: ExpressionIr = { kind: 'text', value: '' };

function maskExpression(node: ExpressionIr): ExpressionIr {
  switch (node.kind) {
    case 'column':
      return { kind: 'column', name: 'c' };
    case 'text':
    case 'date':
    case 'timestamp':
    case 'instant':
    case 'boolean':
      return LITERAL;
    case 'number':
      return { kind: 'number', text: '0' };
    case 'negative':
      return node.argument.kind === 'number' ? node.argument : node;
    default:
      return node;
  }
}

function maskSource(source: SourceIr): SourceIr {
  return source.kind === 'table' ? { kind: 'table', name: 't' } : source;
}

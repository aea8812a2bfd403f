import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { printSql } from '#src/sql/print-sql.ts';
import type { SelectIr } from '#src/sql/query-ir.ts';
import { buildQuery } from './build-query.ts';
import { readQuestion } from './read-question.ts';

export interface PlanInput extends Calendar {
  readonly question: string;
  readonly catalog: DatabaseCatalog;
  /** Tables in order of relevance, best first; may be empty. */
  readonly ranked: readonly Table[];
  /** The question was merged from several turns: what was said later wins. */
  readonly revised?: boolean;
}

export type Plan =
  | {
      readonly kind: 'planned';
      readonly query: SelectIr;
      readonly sql: string;
      readonly tables: readonly string[];
      readonly assumptions: readonly string[];
    }
  | { readonly kind: 'declined'; readonly understood: string; readonly missing: string };

/**
 * The built-in planner: a generator that needs no model. It reads plain questions (lists, counts, filters, aggregates,
 * groups, top-n, joins along keys) and declines, saying what it did understand, as soon as a word is left over.
 */
export function plan(input: PlanInput): Plan {
  const { frame, leftovers, named, resolver } = readQuestion(input.question, input.catalog, input.ranked, input);
  const understood = named.length ? `I recognised ${listed(named.slice(0, 3))}.` : ''; // whoever asks it knows other databases, which may have one
  if (frame.refused) return { kind: 'declined', understood, missing: frame.refused };
  if (leftovers.length) {
    const words = listed(leftovers.slice(0, 4).map((word) => `“${word}”`));
    return { kind: 'declined', understood, missing: `I did not understand ${words}.` };
  }
  const query = buildQuery(frame, input.catalog, resolver, input.revised ?? false);
  if (!query) {
    const missing = frame.refused ?? 'I could not see what to show of them.';
    return { kind: 'declined', understood, missing };
  }
  return {
    kind: 'planned',
    query,
    sql: printSql(query, input.catalog.engine),
    tables: tablesOf(query),
    assumptions: frame.assumptions,
  };
}

/** The tables of a planned query's FROM and JOIN, in order. */
function tablesOf(query: SelectIr): string[] {
  const sources = [...(query.from ? [query.from] : []), ...query.joins.map((join) => join.source)];
  return sources.flatMap((source) => (source.kind === 'table' ? [source.name] : []));
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

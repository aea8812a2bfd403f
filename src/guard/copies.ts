import type { SqlToken } from '#src/sql/reader/lex-sql.ts';
import type { QueryNames } from './query-names.ts';
import { unreadable } from './refused.ts';
import { eachPart, leaves } from './walk-names.ts';

/**
 * SQLite and MariaDB write a WITH query out anew wherever it is named, while they still parse: forty of them, each naming the one
 * before twice, are a million million. SQLite took a gigabyte a second for that and could not be stopped.
 */
const MAX_COPIES = 1_000;

type Weights = ReadonlyMap<string, () => number>;

/** Refuses a statement whose WITH queries, written out, are too many. Throws Refused. */
export function checkCopies(query: QueryNames): void {
  limited(copiesOf(query, new Map()));
}

function limited(copies: number): number {
  if (copies > MAX_COPIES) throw unreadable('its WITH queries name one another too often');
  return copies;
}

function copiesOf(query: QueryNames, outer: Weights): number {
  const weights = new Map(outer);
  for (const cte of query.ctes) {
    const seen = cte.recursive ? weights : new Map(weights);
    weights.set(
      cte.name.toLowerCase(),
      once(() => copiesOf(cte.query, seen)),
    );
  }
  let copies = 1;
  if (query.kind === 'combined') copies += copiesOf(query.left, weights) + copiesOf(query.right, weights);
  for (const source of query.kind === 'select' ? query.sources.flatMap(leaves) : []) {
    if (source.kind === 'derived') copies += copiesOf(source.query, weights);
    if (source.kind === 'table' && source.schema === undefined) {
      copies += weights.get(source.name.toLowerCase())?.() ?? 0;
    }
    limited(copies);
  }
  for (const part of eachPart(query)) for (const inner of part.queries) copies += copiesOf(inner, weights);
  return limited(copies);
}

/** Worked out at most once; one that names itself counts as one there. */
function once(work: () => number): () => number {
  let known: number | undefined;
  return () => {
    if (known !== undefined) return known;
    known = 1;
    known = limited(work());
    return known;
  };
}

/** The same for a statement of SQLite, of which only the tokens are known. Names count wherever a table can stand. */
export function checkCopiesInTokens(tokens: readonly SqlToken[]): void {
  const bodies = bodiesOf(tokens);
  const weights = new Map<string, () => number>();
  const copies = (from: number, to: number): number => {
    let found = 1;
    for (let at = from; at < to; at += 1) {
      const body = bodies.find((one) => one.open === at);
      if (body) at = body.close;
      else if (isTable(tokens, at)) found += weights.get(nameOf(tokens[at]!))?.() ?? 0;
      limited(found);
    }
    return found;
  };
  for (const { name, open, close } of bodies) {
    const before = weights.get(name);
    // Two of one name: both count.
    weights.set(
      name,
      once(() => copies(open + 1, close) + (before?.() ?? 0)),
    );
  }
  copies(0, tokens.length);
}

const nameOf = ({ value }: SqlToken): string => value.toLowerCase();
const isName = (token: SqlToken | undefined): boolean =>
  token !== undefined && ['word', 'name', 'string'].includes(token.kind);

function isTable(tokens: readonly SqlToken[], at: number): boolean {
  if (!isName(tokens[at]) || tokens[at + 1]?.upper === '.' || tokens[at + 1]?.upper === '(') return false;
  return ['FROM', 'JOIN', ',', '(', 'IN'].includes(tokens[at - 1]?.upper ?? '');
}

interface Body {
  readonly name: string;
  readonly open: number;
  readonly close: number;
}

/** `name AS (…)`, `name (a, b) AS NOT MATERIALIZED (…)`: AS before a parenthesis stands nowhere else but before a window or a type. */
function bodiesOf(tokens: readonly SqlToken[]): readonly Body[] {
  const closing = new Map<number, number>();
  const opening = new Map<number, number>();
  const open: number[] = [];
  for (const [at, { upper }] of tokens.entries()) {
    if (upper === '(') open.push(at);
    const opened = upper === ')' ? open.pop() : undefined;
    if (opened === undefined) continue;
    closing.set(opened, at);
    opening.set(at, opened);
  }
  return tokens.flatMap(({ upper }, at): Body[] => {
    if (upper !== 'AS') return [];
    let body = at + 1;
    while (['NOT', 'MATERIALIZED'].includes(tokens[body]?.upper ?? '')) body += 1;
    const close = closing.get(body);
    const columns = opening.get(at - 1);
    const name = tokens[columns === undefined ? at - 1 : columns - 1];
    return close === undefined || !isName(name) ? [] : [{ name: nameOf(name!), open: body, close }];
  });
}

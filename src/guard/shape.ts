/**
 * The shape of a statement as far as access is concerned: which names stand where, and in whose sight. Both grammars that
 * are read without their server (PostgreSQL's and MySQL's) are brought into it, so that names are resolved in one place.
 */
export type QueryShape = SelectShape | CombinedShape | ValuesShape;

interface Common {
  readonly ctes: readonly CteShape[];
  /** ORDER BY and DISTINCT ON: where a bare name is one of the result first. */
  readonly order: readonly Part[];
  /** LIMIT, OFFSET and what else stands at the end. */
  readonly rest: Part;
}

export interface SelectShape extends Common {
  readonly kind: 'select';
  readonly sources: readonly SourceShape[];
  readonly items: readonly ItemShape[];
  /** WHERE, ON and window definitions: only columns of the sources stand there. */
  readonly where: Part;
  readonly group: readonly Part[];
  readonly having: Part;
  /** The comparisons that every row of the result fulfils: conjuncts of WHERE and of inner joins' ON. */
  readonly comparisons: readonly Comparison[];
}

/** A set operation. */
export interface CombinedShape extends Common {
  readonly kind: 'combined';
  /** Its LIMIT ends a recursion (SQLite; elsewhere it ends none). */
  readonly limited?: true;
  readonly left: QueryShape;
  readonly right: QueryShape;
}

export interface ValuesShape extends Common {
  readonly kind: 'values';
  readonly names: readonly string[];
  readonly values: Part;
}

export interface CteShape {
  readonly name: string;
  /** Sees itself and the others of its WITH. */
  readonly recursive: boolean;
  /** Names given after its own; its query's names, if absent. */
  readonly columns?: readonly string[];
  /** Columns that it has besides (SEARCH and CYCLE). */
  readonly added?: readonly string[];
  readonly query: QueryShape;
}

export interface Comparison {
  readonly operator: '=' | '<';
  readonly left: Part;
  readonly right: Part;
}

/** What an expression reads. */
export interface Part {
  readonly columns: readonly ColumnShape[];
  /** `*` (empty) or `alias.*`; COUNT(*) is none. */
  readonly stars: readonly (readonly string[])[];
  readonly queries: readonly QueryShape[];
  /** The name, where the expression is nothing but an unqualified one. */
  readonly bare?: string;
}

/** A name with its qualifiers, outermost first: `['staff', 'wage']`. */
export interface ColumnShape {
  readonly path: readonly string[];
  /** A name from text that was not taken apart: it may also be an alias or a word of the grammar. */
  readonly loose?: true;
}

export interface ItemShape {
  readonly name?: string;
  /** The qualifiers, where it is a star. */
  readonly star?: readonly string[];
  readonly part: Part;
}

export type SourceShape = TableShape | DerivedShape | FunctionShape | JoinShape;

interface Named {
  readonly alias?: string;
  /** Names given after the alias, from the first column on. */
  readonly columns?: readonly string[];
}

export interface TableShape extends Named {
  readonly kind: 'table';
  readonly schema?: string;
  readonly name: string;
  /** Indexes that a hint names. */
  readonly indexes?: readonly string[];
}

export interface DerivedShape extends Named {
  readonly kind: 'derived';
  readonly query: QueryShape;
  /** Sees the sources before it. */
  readonly lateral: boolean;
}

/** A function in FROM; it sees the sources before it. */
export interface FunctionShape extends Named {
  readonly kind: 'function';
  readonly outputs: readonly string[];
  readonly part: Part;
}

export interface JoinShape extends Named {
  readonly kind: 'join';
  readonly left: SourceShape;
  readonly right: SourceShape;
  readonly natural: boolean;
  readonly using: readonly string[];
  /** With an alias: the conditions inside, in which that alias hides no name yet. */
  readonly on?: Part;
  /** A name under which the columns of USING can be had. */
  readonly usingAlias?: string;
}

export const NOTHING: Part = { columns: [], stars: [], queries: [] };

export function together(parts: readonly Part[]): Part {
  return {
    columns: parts.flatMap((part) => part.columns),
    stars: parts.flatMap((part) => part.stars),
    queries: parts.flatMap((part) => part.queries),
  };
}

/**
 * A statement as far as access is concerned: which names stand where, and what sees them. Both grammars that
 * are read without their server (PostgreSQL's and MySQL's) are brought into it, so that names are resolved in one place.
 */
export type QueryNames = SelectNames | CombinedNames | ValuesNames;

interface Common {
  readonly ctes: readonly CteNames[];
  /** ORDER BY and DISTINCT ON: where a bare name is one of the result first. */
  readonly order: readonly Part[];
  /** LIMIT, OFFSET and what else stands at the end. */
  readonly rest: Part;
}

export interface SelectNames extends Common {
  readonly kind: 'select';
  readonly sources: readonly SourceNames[];
  readonly items: readonly ItemNames[];
  /** WHERE, ON and window definitions: only columns of the sources stand there. */
  readonly where: Part;
  readonly group: readonly Part[];
  readonly having: Part;
  /** The comparisons that every row of the result fulfils: conjuncts of WHERE and of inner joins' ON. */
  readonly comparisons: readonly Comparison[];
}

/** A set operation. */
export interface CombinedNames extends Common {
  readonly kind: 'combined';
  /** Its LIMIT ends a recursion (SQLite; elsewhere it ends none). */
  readonly limited?: true;
  readonly left: QueryNames;
  readonly right: QueryNames;
}

export interface ValuesNames extends Common {
  readonly kind: 'values';
  readonly names: readonly string[];
  readonly values: Part;
}

export interface CteNames {
  readonly name: string;
  /** Sees itself and the others of its WITH. */
  readonly recursive: boolean;
  /** Names given after its own; its query's names, if absent. */
  readonly columns?: readonly string[];
  /** Columns that it has besides (SEARCH and CYCLE). */
  readonly added?: readonly string[];
  readonly query: QueryNames;
}

export interface Comparison {
  readonly operator: '=' | '<';
  readonly left: Part;
  readonly right: Part;
}

/** What an expression reads. */
export interface Part {
  readonly columns: readonly ColumnName[];
  /** `*` (empty) or `alias.*`; COUNT(*) is none. */
  readonly stars: readonly (readonly string[])[];
  readonly queries: readonly QueryNames[];
  /** The name, where the expression is nothing but an unqualified one. */
  readonly bare?: string;
}

/** A name with its qualifiers, outermost first: `['staff', 'wage']`. */
export interface ColumnName {
  readonly path: readonly string[];
  /** A name from text that was not taken apart: it may also be an alias or a word of the grammar. */
  readonly loose?: true;
}

export interface ItemNames {
  readonly name?: string;
  /** The qualifiers, where it is a star. */
  readonly star?: readonly string[];
  readonly part: Part;
}

export type SourceNames = TableNames | DerivedNames | FunctionNames | JoinNames;

interface Named {
  readonly alias?: string;
  /** Names given after the alias, from the first column on. */
  readonly columns?: readonly string[];
}

export interface TableNames extends Named {
  readonly kind: 'table';
  readonly schema?: string;
  readonly name: string;
  /** Indexes that a hint names. */
  readonly indexes?: readonly string[];
}

export interface DerivedNames extends Named {
  readonly kind: 'derived';
  readonly query: QueryNames;
  /** Sees the sources before it. */
  readonly lateral: boolean;
}

/** A function in FROM; it sees the sources before it. */
export interface FunctionNames extends Named {
  readonly kind: 'function';
  readonly outputs: readonly string[];
  readonly part: Part;
}

export interface JoinNames extends Named {
  readonly kind: 'join';
  readonly left: SourceNames;
  readonly right: SourceNames;
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

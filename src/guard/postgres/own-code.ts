import type { FuncCall, Node, SelectStmt, TypeName } from '@pgsql/types';
import type { ColumnKind, OwnCode } from '#src/domain/catalog.ts';
import type { Scope } from '../scope.ts';
import { bodyOf, fieldsOf, isNode, lastName, names } from './tree.ts';

/**
 * Whether a call or operator may mean code of the company's own instead of the system's of the same name. PostgreSQL chooses by
 * the types of the arguments, which the grammar does not know; where it is plain that an argument is of another category
 * (pg_type.typcategory), the own code is out of the question, since no system cast leads from one category to another
 * unasked. Whatever is not plain may be meant.
 */
export class OwnCodeCheck {
  readonly #functions: ReadonlyMap<string, readonly OwnCode[]>;
  readonly #operators: ReadonlyMap<string, readonly OwnCode[]>;
  readonly #kinds: NonNullable<Scope['kinds']>;
  /** Names that the statement gives itself: a column so called need not be a table's. */
  readonly #given: ReadonlySet<string>;

  constructor(scope: Scope, statement: SelectStmt) {
    this.#functions = Map.groupBy(scope.ownCode?.functions ?? [], (one) => one.name);
    this.#operators = Map.groupBy(scope.ownCode?.operators ?? [], (one) => one.name);
    this.#kinds = scope.kinds ?? {};
    this.#given = this.#functions.size || this.#operators.size ? namesGiven(statement) : new Set();
  }

  functionMayBe(name: string, args: readonly Node[]): boolean {
    return this.#mayBe(this.#functions.get(name), args);
  }

  operatorMayBe(symbol: string, operands: readonly (Node | undefined)[]): boolean {
    return this.#mayBe(this.#operators.get(symbol), operands);
  }

  #mayBe(own: readonly OwnCode[] | undefined, args: readonly (Node | undefined)[]): boolean {
    if (!own) return false;
    const categories = args.map((arg) => this.#categoryOf(arg));
    return own.some(({ takes }) => {
      if (!takes) return true;
      if (takes.length !== args.length) return false;
      return takes.every((category, at) => categories[at] === undefined || categories[at] === category);
    });
  }

  #callCategory({ funcname, args }: FuncCall): string | undefined {
    const name = lastName(funcname);
    return AS_GIVEN.has(name) ? this.#categoryOf(args?.[0]) : CALL_CATEGORIES.get(name);
  }

  /** The category of an expression's type where it is plain. A bare text may become anything. */
  #categoryOf(node: Node | undefined): string | undefined {
    if (!node) return undefined;
    if ('A_Const' in node) {
      const { ival, fval, boolval } = node.A_Const;
      return ival || fval ? 'N' : boolval ? 'B' : undefined;
    }
    if ('TypeCast' in node) return castCategory(node.TypeCast.typeName);
    if ('FuncCall' in node) return this.#callCategory(node.FuncCall);
    if ('A_Expr' in node && '+-*/%'.includes(lastName(node.A_Expr.name))) {
      const { lexpr, rexpr } = node.A_Expr;
      return [lexpr, rexpr].every((side) => this.#categoryOf(side) === 'N') ? 'N' : undefined;
    }
    if (!('ColumnRef' in node)) return undefined;
    const name = lastName(node.ColumnRef.fields);
    return this.#given.has(name) ? undefined : KIND_CATEGORIES[this.#kinds[name] ?? 'other'];
  }
}

/** Their result is of the kind of what they are given first: texts or bytes, numbers or intervals. */
const AS_GIVEN = new Set('substring substr trim btrim ltrim rtrim reverse string_agg sum avg min max trunc'.split(' '));

const KIND_CATEGORIES: Readonly<Partial<Record<ColumnKind, string>>> = {
  number: 'N',
  text: 'S',
  date: 'D',
  timestamp: 'D',
  boolean: 'B',
};

/** Types, and functions of the same names. */
const RANGES = ['int4range', 'int8range', 'numrange', 'daterange', 'tsrange', 'tstzrange'];

const CALL_CATEGORIES: ReadonlyMap<string, string> = new Map([
  ...'count length char_length round abs floor ceil ceiling sign sqrt power mod strpos row_number rank dense_rank extract date_part'
    .split(' ')
    .map((name) => [name, 'N'] as const),
  ...'upper concat concat_ws to_char left right replace initcap lpad rpad split_part md5 translate regexp_replace format'
    .split(' ')
    .map((name) => [name, 'S'] as const),
  ...'now date_trunc to_date to_timestamp'.split(' ').map((name) => [name, 'D'] as const),
  ...RANGES.map((name) => [name, 'R'] as const),
]);

const TYPE_CATEGORIES: ReadonlyMap<string, string> = new Map([
  ...'int2 int4 int8 float4 float8 numeric money'.split(' ').map((name) => [name, 'N'] as const),
  ...'text varchar bpchar'.split(' ').map((name) => [name, 'S'] as const),
  ...'date time timetz timestamp timestamptz'.split(' ').map((name) => [name, 'D'] as const),
  ...RANGES.map((name) => [name, 'R'] as const),
  ['interval', 'T'],
  ['bool', 'B'],
]);

function castCategory(type: TypeName | undefined): string | undefined {
  return type?.arrayBounds ? 'A' : TYPE_CATEGORIES.get(lastName(type?.names));
}

/** Every alias of a column that the statement gives. */
function namesGiven(statement: SelectStmt): ReadonlySet<string> {
  const given = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item);
      return;
    }
    if (value === null || typeof value !== 'object') return;
    const target = isNode(value) ? bodyOf(value, 'ResTarget') : undefined;
    if (target?.name !== undefined) given.add(target.name);
    for (const [key, child] of fieldsOf(value)) {
      if (isListOfNames(key, child)) for (const name of names(child)) given.add(name);
      if (key === 'aliasname' || key === 'colname') given.add(String(child));
      walk(child);
    }
  };
  walk(statement);
  return given;
}

const isListOfNames = (field: string, child: unknown): child is readonly Node[] =>
  (field === 'colnames' || field === 'aliascolnames') && Array.isArray(child);

import type { A_Expr, CollateClause, FuncCall, Node, SQLValueFunction, TypeName } from '@pgsql/types';
import { POSTGRES_FUNCTIONS } from '../functions.ts';
import { checkFormat, checkLength, checkPattern } from '../patterns.ts';
import { badFunction } from '../refused.ts';
import type { Scope } from '../scope.ts';
import { isUserFunction } from '../user-functions.ts';
import { checkInline } from './check-fields.ts';
import { LENGTH_ARGUMENT, OPERATORS, PATTERN_ARGUMENT, PATTERN_OPERATORS, TYPES, VALUE_FUNCTIONS } from './grammar.ts';
import type { OwnCodeCheck } from './own-code.ts';
import { constantText, lastName, names, wholeNumber } from './tree.ts';

/** Checks what a statement calls against the closed lists: functions, operators, types, collations. Each throws Refused. */
export class CallCheck {
  /** The functions that were called, as they were written. */
  readonly functions = new Set<string>();
  readonly #ownCode: OwnCodeCheck;
  readonly #scope: Scope;

  constructor(scope: Scope, ownCode: OwnCodeCheck) {
    this.#ownCode = ownCode;
    this.#scope = scope;
  }

  call({ funcname, args = [] }: FuncCall): void {
    const name = names(funcname);
    const full = name.join('.');
    const system = name[0] === 'pg_catalog';
    const plain = (system ? name.slice(1) : name).join('.');
    this.functions.add(full);
    if (isUserFunction(name, args.length, this.#scope)) return;
    // A name that the database defines too might mean its own code.
    if (!POSTGRES_FUNCTIONS.has(plain) || (!system && this.#ownCode.functionMayBe(plain, args)))
      throw badFunction(full);
    const pattern = PATTERN_ARGUMENT.get(plain);
    if (pattern !== undefined) checkPattern(constantText(args[pattern]));
    const length = LENGTH_ARGUMENT.get(plain);
    if (length !== undefined) checkLength(plain, wholeNumber(args[length]));
    if (plain === 'format') checkFormat(plain, constantText(args[0]));
    if (plain === 'similar_to_escape') checkPattern(constantText(args[0]));
  }

  /** `operands`: nothing of one that is not known, or not there. */
  operator(name: readonly string[], operands: readonly (Node | undefined)[]): void {
    const symbol = name.at(-1) ?? '';
    const system = name[0] === 'pg_catalog' && name.length === 2;
    if ((name.length > 1 && !system) || !OPERATORS.has(symbol.replace(/^(?:NOT )?BETWEEN.*$/, 'BETWEEN')))
      throw badFunction(name.join('.'));
    const symbols = symbol.includes('BETWEEN') ? ['<=', '>='] : [symbol];
    if (!system && symbols.some((one) => this.#ownCode.operatorMayBe(one, operands))) throw badFunction(symbol);
  }

  /** An expression with an operator of one or two operands; the pattern of one that matches is looked at. */
  expression({ kind, name, lexpr, rexpr }: A_Expr): void {
    this.operator(
      names(name),
      [lexpr, rexpr].filter((operand) => operand !== undefined),
    );
    // SIMILAR TO keeps its pattern in a call, which is checked as one.
    if (kind !== 'AEXPR_SIMILAR' && PATTERN_OPERATORS.has(lastName(name)) && lexpr) checkPattern(constantText(rexpr));
  }

  valueFunction({ op }: SQLValueFunction): void {
    if (op === undefined || !VALUE_FUNCTIONS.has(op)) throw badFunction(String(op).replace('SVFOP_', '').toLowerCase());
  }

  collation({ collname }: CollateClause): void {
    const collation = names(collname);
    if (collation.length > 1 && collation[0] !== 'pg_catalog') throw badFunction(collation.join('.'));
  }

  type(type: TypeName): void {
    checkInline('typeName', type);
    const name = names(type.names);
    const [plain, ...more] = name[0] === 'pg_catalog' ? name.slice(1) : name;
    if (plain === undefined || more.length || !TYPES.has(plain)) throw badFunction(`type ${name.join('.')}`);
  }
}

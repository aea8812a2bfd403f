import type { Engine } from '#src/domain/catalog.ts';
import type { BenchQuestion } from './questions.ts';

export interface GoldStatement {
  /** The question's id, with `#k` for the k-th of several accepted answers. */
  readonly id: string;
  readonly sql: string;
  readonly database: string;
}

/** Every gold statement of the engine; `empty` counts questions whose list for it is empty. */
export function goldStatements(
  questions: readonly BenchQuestion[],
  engine: Engine,
): { readonly statements: GoldStatement[]; readonly empty: number } {
  let empty = 0;
  const statements = questions.flatMap(({ id, sql, db_id }): GoldStatement[] => {
    const database = db_id ?? '';
    if (typeof sql === 'string') return [{ id, sql, database }];
    const listed = goldQueries(sql, engine);
    if (!listed.length) empty += 1;
    return listed.map((text, at) => ({ id: `${id}#${at}`, sql: text, database }));
  });
  return { statements, empty };
}

/** The accepted answers of one question on an engine. */
export function goldQueries(sql: BenchQuestion['sql'], engine: Engine): readonly string[] {
  if (typeof sql === 'string') return [sql];
  return sql?.[engine === 'mariadb' ? 'mysql' : engine] ?? [];
}

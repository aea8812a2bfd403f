import type { Engine } from '#src/domain/catalog.ts';
import type { Scope } from './scope.ts';

/**
 * Statements read before the first that counts. Each parser compiles what it needs of itself when it first needs it: cold, one
 * statement took up to 730 ms on a busy machine. They use what questions' statements use.
 */
const ANYWHERE = [
  `WITH t AS (SELECT customer, sum(amount) AS total, count(*) AS n FROM orders WHERE placed >= '2024-01-01' GROUP BY customer)
   SELECT o.id, t.total, CASE WHEN t.n > 1 THEN 'many' ELSE 'one' END AS size, coalesce(o.note, 'none')
   FROM orders o LEFT JOIN t ON t.customer = o.customer
   WHERE o.amount BETWEEN 1 AND 9 AND (o.note LIKE 'a%' OR o.note IS NULL) AND o.id IN (SELECT max(id) FROM orders GROUP BY customer)
   ORDER BY t.total DESC, 1 LIMIT 10`,
  'SELECT id, row_number() OVER (PARTITION BY customer ORDER BY amount DESC) AS place FROM orders UNION ALL SELECT 1, 2',
  'SELECT * FROM orders WHERE EXISTS (SELECT 1 FROM orders WHERE amount > 1)',
  `SELECT ${Array.from({ length: 60 }, (_, at) => `amount + ${at}`).join(', ')} FROM orders`,
  'SELECT 1 FROM unknown',
  'SELECT id FROM orders WHERE',
];

const MYSQL = [
  "SELECT date_format(placed, '%Y-%m') AS m, group_concat(note SEPARATOR ';') FROM orders GROUP BY m",
  'SELECT ((((((((((((((((((((((((((((((((((((((((id)))))))))))))))))))))))))))))))))))))))) FROM orders',
  'SELECT id + - + - + - + - + - + - + - + - + - + - + - + - + - + - + - + - + - + - + - + - + - 1 FROM orders',
];

const OF: Readonly<Record<Engine, readonly string[]>> = {
  postgres: ["SELECT date_trunc('month', placed)::date, count(*) FILTER (WHERE amount > 1) FROM orders GROUP BY 1"],
  mysql: MYSQL,
  mariadb: MYSQL,
  sqlite: ["WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i, strftime('%Y', 'now') FROM n"],
};

const warm = new Set<string>();

type Read = (sql: string, engine: Engine, scope: Scope, options: object) => unknown;

/** Has statements of an engine read so many times over, whatever comes of it; once in a thread's life. */
export function warmUp(engine: Engine, rounds: number, read: Read): void {
  const reader = engine === 'mysql' ? 'mariadb' : engine;
  if (warm.has(reader)) return;
  warm.add(reader);
  const schema = engine === 'postgres' ? { schema: 'public' } : {};
  const tables = [{ ...schema, name: 'orders', columns: ['id', 'customer', 'amount', 'placed', 'note'] }];
  const scope: Scope = { databaseId: 'warm-up', engine, searchPath: ['public'], tables };
  for (let round = 0; round < rounds; round += 1) {
    for (const sql of [...ANYWHERE, ...OF[engine]]) read(sql, engine, scope, {});
  }
}

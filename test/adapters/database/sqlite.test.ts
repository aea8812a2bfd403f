import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { databaseContract } from '#test/contracts/database.ts';
import { shopFile } from '#test/support/shop.ts';

const numbers = (count: number) =>
  `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;

databaseContract({
  name: 'SQLite',
  open: async () => openSqlite({ id: 'shop', file: shopFile() }),
  endless: `${numbers(1e12)} SELECT count(*) FROM n`,
  longCell:
    "SELECT replace(hex(substr('0000000000', 1, 10)), '3', (SELECT group_concat('xxxxxxxxxxxxxxxxxxxx', '') FROM customer a, customer b, customer c, customer d, customer e, customer f)) AS cell",
  manyRows: `${numbers(5_000)} SELECT i FROM n`,
  cannot: {
    'reads column comments': 'SQLite stores none',
    'asks before it runs what would take for ever': 'what is endless there is a recursion, which no plan shows',
  },
});

import { databaseContract } from '#test/contracts/database.ts';
import { shopOnPostgres } from '#test/support/shop.ts';
import { openAt } from './open-at.ts';

databaseContract({
  name: 'PostgreSQL',
  open: async () => openAt(await shopOnPostgres()),
  endless: 'SELECT count(*) FROM generate_series(1, 1000000000000)',
  longCell: "SELECT lpad('x', 200000, 'y') AS cell",
  manyRows: 'SELECT i FROM generate_series(1, 5000) AS s (i)',
});

import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { START_MARIADB } from '#adapters/database/mysql/scratch.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { NumberCheckName } from '#src/domain/number-check.ts';
import { fail } from '#src/domain/result.ts';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { type Scope, wholeCatalog } from '#src/guard/scope.ts';
import { checkNumbers } from '#src/pipeline/stages/check-numbers.ts';
import { CHECK_BUDGET } from '#src/pipeline/support/checks/budget.ts';
import type { Database } from '#src/ports/database.ts';
import { openAt } from '#test/adapters/database/open-at.ts';
import { shopFile, shopOnMariadb, shopOnPostgres } from '#test/support/shop.ts';

const never = new AbortController().signal;
const TODAY = '2026-06-30';

/** Sales with their items: one of no client, two of one amount, one with several items; they end in May 2026. */
const SALES = `
  CREATE TABLE client (id INTEGER PRIMARY KEY, name VARCHAR(50), country VARCHAR(50), city VARCHAR(50));
  CREATE TABLE sale (id INTEGER PRIMARY KEY, client_id INTEGER, channel VARCHAR(20), amount NUMERIC(10, 2), sold_on DATE);
  CREATE TABLE item (id INTEGER PRIMARY KEY, sale_id INTEGER, product VARCHAR(20), quantity NUMERIC(10, 2), unit VARCHAR(10));
  CREATE TABLE employee (id INTEGER PRIMARY KEY, name VARCHAR(50), team VARCHAR(20), pay NUMERIC(10, 2), hired_on DATE, left_on DATE);
  CREATE TABLE product (id INTEGER PRIMARY KEY, name VARCHAR(50), is_active SMALLINT);
  CREATE TABLE bill (id INTEGER PRIMARY KEY, client_id INTEGER, billed_on DATE, total NUMERIC(10, 2), status VARCHAR(20));
  CREATE TABLE bill_line (id INTEGER PRIMARY KEY, bill_id INTEGER REFERENCES bill (id), product_id INTEGER REFERENCES product (id), quantity INTEGER);
  CREATE TABLE visit (id INTEGER PRIMARY KEY, client_id INTEGER, seen_on DATE);
  INSERT INTO client VALUES (1, 'Ada', 'Norway', 'Bergen'), (2, 'Bo', 'Chile', 'Arica'), (3, 'Cy', 'Norway', 'Oslo'), (4, 'Di', 'chile', 'Talca');
  INSERT INTO sale VALUES (1, 1, 'web', 100, '2025-01-05'), (2, 1, 'web', 50, '2025-07-01'), (3, 2, 'shop', 50, '2025-12-30'),
    (4, NULL, 'shop', 20, '2026-01-15'), (5, 3, 'web', 10, '2026-02-01');
  INSERT INTO item VALUES (1, 1, 'rice', 2, 'kg'), (2, 1, 'spade', 1, 'pcs'), (3, 1, 'rice', 4, 'kg'), (4, 2, 'spade', 3, 'pcs'), (5, 3, 'rice', 5, 'kg');
  INSERT INTO employee VALUES (1, 'Eva', 'sales', 100, '2020-01-01', NULL), (2, 'Fin', 'sales', 300, '2021-01-01', '2025-05-31'),
    (3, 'Gus', 'support', 200, '2025-01-01', NULL), (4, 'Hal', 'support', 200, '2025-02-01', '2026-12-31');
  INSERT INTO product VALUES (1, 'rice', 1), (2, 'spade', 1), (3, 'lamp', 0);
  INSERT INTO bill VALUES (1, 1, '2026-01-05', 100, 'paid'), (2, 1, '2026-02-05', 40, 'cancelled'), (3, 2, '2026-02-07', 60, 'no_show'), (4, 3, '2026-03-07', 10, 'open');
  INSERT INTO bill_line VALUES (1, 1, 1, 2), (2, 1, 2, 1), (3, 2, 1, 4), (4, 4, 3, 1);
  INSERT INTO visit VALUES (1, 1, '2026-06-20'), (2, 2, '2026-06-25'), (3, 3, '2026-06-29');`;

const ENGINES = {
  SQLite: async () => `sqlite:${shopFile(SALES)}`,
  PostgreSQL: async () => shopOnPostgres(SALES),
  MariaDB: async () => shopOnMariadb(SALES),
} as const;

describe.each(Object.keys(ENGINES) as (keyof typeof ENGINES)[])('the numbers of an answer on %s', (engine) => {
  const absent = engine === 'MariaDB' && !inject('mariadbUrl');
  let database: Database;
  let catalog: DatabaseCatalog;
  let scope: Scope;
  beforeAll(async () => {
    if (absent) return console.log(`Skipped: no MariaDB here; ${START_MARIADB}.`);
    database = await openAt(await ENGINES[engine]());
    const extracted = await database.catalog({}, never);
    assert.ok(extracted.ok);
    catalog = extracted.value;
    scope = wholeCatalog(catalog);
  });
  afterAll(() => database?.close());

  async function checked(text: string, question = '', through: Partial<Database> = {}, seen: Scope = scope) {
    const judged = await judge(text, catalog.engine, scope);
    assert.ok(judged.ok, text);
    const ran = await database.run(judged.value, ANSWER_LIMITS, never);
    assert.ok(ran.ok, text);
    const input = { sql: judged.value, table: ran.value, catalog, scope: seen, calendar: { today: TODAY }, question };
    return checkNumbers(input, { ...database, ...through }, never);
  }
  /** What one check comes to: its outcome, its sentence and how many statements it took. */
  async function of(check: NumberCheckName, text: string, question = '') {
    const made = await checked(text, question);
    const found = made.checks.find((one) => one.check === check);
    assert.ok(found);
    const rows = made.table.rows.map((row) => row.map((cell) => (Number.isNaN(Number(cell)) ? cell : Number(cell))));
    return { ...found, asked: found.sql.length, rows, ran: made.sql.text };
  }
  const claims = (title: string, claim: () => Promise<void>) => it.skipIf(absent)(title, claim);
  const isCaseBlind = engine === 'MariaDB';

  describe('filters', () => {
    claims('a text is taken as it is stored, where the engine tells cases apart', async () => {
      const found = await of('filters', "SELECT COUNT(*) FROM client WHERE country = 'NORWAY'");
      assert.deepEqual(found.rows, [[2]]);
      assert.equal(found.outcome, isCaseBlind ? 'passed' : 'corrected');
      if (!isCaseBlind) assert.equal(found.says, 'Read so: “NORWAY” is stored in client.country as “Norway”.');
    });

    claims('all ways of writing a text are taken that differ by case alone', async () => {
      const found = await of('filters', "SELECT name FROM client WHERE country = 'CHILE' ORDER BY name");
      assert.deepEqual(found.rows, [['Bo'], ['Di']]);
    });

    claims('the text of what is left out is taken as it is stored too', async () => {
      const found = await of('filters', "SELECT COUNT(*) FROM client WHERE country <> 'NORWAY'");
      assert.deepEqual(found.rows, [[2]]);
    });

    claims('a text that is not stored is named, with the column that holds it', async () => {
      const found = await of('filters', "SELECT COUNT(*) FROM client WHERE country = 'Oslo'");
      assert.equal(found.outcome, 'failed');
      assert.equal(found.says, 'no row of client has “Oslo” as country; it is a value of client.city.');
    });

    claims('one of several texts that is not stored is told', async () => {
      const found = await of('filters', "SELECT COUNT(*) FROM client WHERE country IN ('Norway', 'Peru')");
      assert.deepEqual([found.outcome, found.says], ['told', 'No row of client has “Peru” as country.']);
    });

    claims('the filter that leaves nothing by itself is named', async () => {
      const found = await of('filters', "SELECT name FROM client WHERE id > 100 AND country = 'Norway'");
      assert.deepEqual([found.outcome, found.says], ['failed', 'no row meets the condition on client.id.']);
    });

    claims('filters that leave nothing together are no fault', async () => {
      const found = await of('filters', "SELECT COUNT(*) FROM client WHERE city = 'Arica' AND country = 'Norway'");
      assert.deepEqual(
        [found.outcome, found.says],
        ['told', 'Each filter leaves rows by itself; all together leave none.'],
      );
    });

    claims('tables that have no row in common are told of', async () => {
      const found = await of('filters', 'SELECT c.name FROM client AS c JOIN item AS i ON i.quantity = c.id + 90');
      assert.equal(found.outcome, 'failed');
    });

    claims('where rows come out, nothing is asked of the database', async () => {
      const found = await of('filters', "SELECT name FROM client WHERE country = 'Norway'");
      assert.deepEqual([found.outcome, found.asked], ['passed', 0]);
    });

    claims('a zero that is stored is no empty result', async () => {
      const found = await of('filters', "SELECT id - 1 FROM client WHERE name = 'Ada'");
      assert.deepEqual([found.outcome, found.asked], ['passed', 0]);
    });
  });

  describe('a result without rows', () => {
    const remediesOf = async (text: string) =>
      ((await checked(text)).remedies ?? []).map(({ change, near, rows }) => ({ to: change.to, near, rows }));

    claims('is told the stored values that are spelt like one that no row has', async () => {
      const found = await remediesOf("SELECT COUNT(*) FROM sale WHERE channel = 'wob'");
      assert.deepEqual(found, [
        { to: 'channel is web', near: 'web', rows: undefined },
        { to: 'without “channel is wob”', near: undefined, rows: 5 },
      ]);
    });

    claims('is told the one condition without which there are rows', async () => {
      const found = await remediesOf("SELECT name FROM client WHERE id > 100 AND country = 'Norway'");
      assert.deepEqual(found, [{ to: 'without “id above 100”', near: undefined, rows: 2 }]);
    });

    claims('is told every condition that removes the last rows together with another', async () => {
      const found = await remediesOf("SELECT COUNT(*) FROM client WHERE city = 'Arica' AND country = 'Norway'");
      assert.deepEqual(
        found.map(({ rows }) => rows),
        [2, 1],
      );
    });

    claims('is told the bound of a group that nothing meets', async () => {
      const found = await remediesOf(
        'SELECT channel, COUNT(*) FROM sale WHERE amount > 5 GROUP BY channel HAVING COUNT(*) > 100',
      );
      assert.equal(found.length, 1);
      assert.match(found[0]!.to, /100/);
    });

    claims('has the query that the change makes run and give rows', async () => {
      const [first] = (await checked("SELECT COUNT(*) FROM sale WHERE channel = 'wob'")).remedies ?? [];
      assert.ok(first);
      const again = await checked(first.sql);
      assert.deepEqual(
        again.table.rows.map((row) => row.map(Number)),
        [[3]],
      );
    });

    claims('is told no values of a column that looks like a person’s', async () => {
      const found = await remediesOf("SELECT COUNT(*) FROM client WHERE name = 'Adda'");
      assert.deepEqual(found.map(({ near }) => near).filter(Boolean), []);
    });

    claims('costs no statement where rows came out', async () => {
      const made = await checked("SELECT name FROM client WHERE country = 'Norway'");
      assert.equal(made.remedies, undefined);
    });
  });

  describe('repeats', () => {
    claims('rows of a list that say the same are told, and each can be had once', async () => {
      const listed = 'SELECT country FROM client WHERE id < 4';
      const made = await checked(`${listed} ORDER BY country`);
      const [remedy, ...more] = made.remedies ?? [];
      assert.ok(remedy && !more.length);
      assert.deepEqual([remedy.change.to, (await checked(remedy.sql)).table.rows.length], ['without repeated rows', 2]);
      const found = await of('repeats', listed);
      assert.deepEqual([found.outcome, found.says], ['told', 'Rows say the same: of 3 only 2 are different.']);
      assert.equal((await of('repeats', 'SELECT id, country FROM client')).outcome, 'passed');
    });

    claims('a list that is sorted by what it does not show is told of alone', async () => {
      const made = await checked('SELECT country FROM client WHERE id < 4 ORDER BY id');
      assert.equal(made.checks.find(({ check }) => check === 'repeats')?.outcome, 'told');
      assert.equal(made.remedies, undefined);
    });

    const WITH_ITEMS = 'FROM sale AS s JOIN item AS i ON i.sale_id = s.id';

    claims('a sum of rows that a join repeats is taken over each of them once', async () => {
      const found = await of('repeats', `SELECT SUM(s.amount) ${WITH_ITEMS} WHERE i.product = 'rice'`);
      assert.equal(found.outcome, 'corrected');
      assert.deepEqual(found.rows, [[150]]);
      assert.equal(found.says, 'Each row of sale is counted once: joined tables repeated some of them.');
    });

    claims('by group and with the tables that the figures are grouped by', async () => {
      const found = await of(
        'repeats',
        `SELECT c.name, SUM(s.amount) ${WITH_ITEMS} JOIN client AS c ON s.client_id = c.id GROUP BY c.name ORDER BY c.name`,
      );
      assert.equal(found.outcome, 'corrected');
      assert.deepEqual(found.rows, [
        ['Ada', 150],
        ['Bo', 50],
      ]);
    });

    claims('keys that say that no row repeats are enough', async () => {
      const found = await of('repeats', `SELECT SUM(i.quantity) ${WITH_ITEMS}`);
      assert.deepEqual([found.outcome, found.asked], ['passed', 0]);
    });

    claims('rows that could repeat and do not are looked at', async () => {
      const found = await of('repeats', `SELECT SUM(s.amount) ${WITH_ITEMS} WHERE s.id > 1`);
      assert.deepEqual([found.outcome, found.asked], ['passed', 1]);
    });

    claims('a count of the rows that the question names counts each once', async () => {
      const found = await of('repeats', `SELECT COUNT(*) ${WITH_ITEMS}`, 'How many sales have items?');
      assert.equal(found.outcome, 'corrected');
      assert.deepEqual(found.rows, [[3]]);
    });

    claims('a count of the rows that the join makes is left as it is', async () => {
      const found = await of('repeats', `SELECT COUNT(*) ${WITH_ITEMS}`, 'How many items were sold?');
      assert.equal(found.outcome, 'passed');
      assert.deepEqual(found.rows, [[5]]);
    });

    claims('a mean over what repeats is named and left, for it may be meant', async () => {
      const found = await of('repeats', `SELECT AVG(s.amount) ${WITH_ITEMS}`);
      assert.deepEqual(
        [found.outcome, found.says],
        ['failed', 'a row of sale is averaged once for each row of item that it meets.'],
      );
    });

    claims('figures of both tables at once cannot be corrected in one way', async () => {
      const found = await of('repeats', `SELECT SUM(s.amount), SUM(i.quantity) ${WITH_ITEMS}`);
      assert.equal(found.outcome, 'failed');
    });

    claims('what the question asks of the table that repeats it is meant so', async () => {
      const found = await of('repeats', `SELECT SUM(s.amount) ${WITH_ITEMS}`, 'total amount of all items');
      assert.equal(found.outcome, 'not-applicable');
    });
  });

  describe('groups', () => {
    const BY_CLIENT = 'FROM sale AS s JOIN client AS c ON s.client_id = c.id';

    claims('rows that an inner join loses are counted', async () => {
      const found = await of('groups', `SELECT c.name, SUM(s.amount) ${BY_CLIENT} GROUP BY c.name`);
      assert.deepEqual([found.outcome, found.says], ['told', '1 row of sale has no row of client and is in no group.']);
    });

    claims('groups that add up to the total pass', async () => {
      const found = await of('groups', `SELECT c.name, COUNT(*) ${BY_CLIENT} WHERE s.channel = 'web' GROUP BY c.name`);
      assert.deepEqual([found.outcome, found.says], ['passed', 'The groups add up to the total.']);
    });

    claims('groups that share rows are told', async () => {
      const found = await of(
        'groups',
        'SELECT i.unit, i.product, SUM(s.amount) FROM sale AS s JOIN item AS i ON i.sale_id = s.id WHERE i.id <> 3 GROUP BY i.unit, i.product',
      );
      assert.deepEqual(
        [found.outcome, found.says],
        ['told', 'A row of sale can be in several groups, so they add up to more than the total.'],
      );
    });

    claims('groups that are cut need not add up', async () => {
      const cut = `SELECT c.name, COUNT(*) ${BY_CLIENT} GROUP BY c.name ORDER BY COUNT(*) DESC LIMIT 1`;
      assert.equal((await of('groups', cut)).outcome, 'not-applicable');
      const meant = `SELECT c.name, COUNT(*) ${BY_CLIENT} WHERE c.country = 'Norway' GROUP BY c.name`;
      assert.equal((await of('groups', meant)).outcome, 'not-applicable');
    });
  });

  describe('units', () => {
    claims('a sum over several units has a row for each', async () => {
      const found = await of('units', 'SELECT SUM(quantity) FROM item');
      assert.equal(found.outcome, 'corrected');
      assert.deepEqual([...found.rows].sort(), [
        ['kg', 11],
        ['pcs', 4],
      ]);
    });

    claims('one unit at a time passes', async () => {
      for (const text of [
        "SELECT SUM(quantity) FROM item WHERE unit = 'kg'",
        'SELECT unit, AVG(quantity) FROM item GROUP BY unit',
      ])
        assert.equal((await of('units', text)).outcome, 'passed', text);
    });

    claims('amounts without a unit are not looked at, nor what a quantity is multiplied or divided by', async () => {
      for (const text of [
        'SELECT SUM(amount) FROM sale',
        'SELECT SUM(quantity * id) FROM item',
        'SELECT AVG(quantity / id) FROM item',
      ])
        assert.equal((await of('units', text)).outcome, 'not-applicable', text);
    });
  });

  describe('period', () => {
    const count = (table: string, column: string, from: string, to: string) =>
      `SELECT COUNT(*) FROM ${table} WHERE ${column} >= '${from}' AND ${column} < '${to}'`;

    claims('data that end before the period does are told of', async () => {
      const found = await of('period', count('sale', 'sold_on', '2026-01-01', '2026-07-01'));
      assert.equal(found.outcome, 'passed', found.says); // a sale a quarter says little of a month without one
      const later = await of('period', count('sale', 'sold_on', '2026-03-01', '2026-06-01'));
      assert.deepEqual(
        [later.outcome, later.says],
        ['failed', 'the latest sale.sold_on is 2026-02-01, before the period begins.'],
      );
    });

    claims('data that begin after the period does are told of', async () => {
      const found = await of('period', count('visit', 'seen_on', '2026-05-01', '2026-06-30'));
      assert.deepEqual(
        [found.outcome, found.says],
        ['failed', 'the first visit.seen_on is 2026-06-20, so the period before has no data.'],
      );
    });

    claims('a period that is not over is told', async () => {
      const found = await of('period', count('visit', 'seen_on', '2026-06-15', '2026-07-15'));
      assert.deepEqual(
        [found.outcome, found.says],
        ['told', 'The period is not over: this is what there is up to 2026-06-30.'],
      );
    });

    claims('of two periods beside each other the later one that is not over is told', async () => {
      const seen = (from: string, to: string) =>
        `SUM(CASE WHEN seen_on >= '${from}' AND seen_on < '${to}' THEN 1 ELSE 0 END)`;
      const found = await of(
        'period',
        `SELECT ${seen('2026-06-20', '2026-06-25')}, ${seen('2026-06-15', '2026-07-16')} FROM visit`,
      );
      assert.deepEqual(
        [found.outcome, found.says],
        ['told', 'The period is not over: this is what there is up to 2026-06-30.'],
      );
    });

    claims('a period that is over and has data to its end passes', async () => {
      const found = await of('period', "SELECT COUNT(*) FROM sale WHERE sold_on BETWEEN '2025-01-01' AND '2025-12-31'");
      assert.equal(found.outcome, 'passed');
    });

    claims('a question without a period is not looked at', async () => {
      assert.equal((await of('period', 'SELECT COUNT(*) FROM sale')).outcome, 'not-applicable');
    });
  });

  describe('gone', () => {
    /** What is offered without them, as it is said and as it runs. */
    async function without(text: string) {
      const [remedy, ...more] = (await checked(text)).remedies ?? [];
      assert.ok(remedy && !more.length, text);
      const { rows } = (await checked(remedy.sql)).table;
      return { to: remedy.change.to, isTold: remedy.isTold, rows: rows.map((row) => row.map(Number)) };
    }

    claims('people who left by today are told where nothing is said of it, and can be left out', async () => {
      const found = await of('gone', 'SELECT team, AVG(pay) FROM employee GROUP BY team ORDER BY team');
      assert.deepEqual(
        [found.outcome, found.says],
        ['told', '1 of the 4 rows of employee behind this has left (left on).'],
      );
      assert.deepEqual(await without('SELECT COUNT(*) FROM employee'), {
        to: 'without the one who left',
        isTold: true,
        rows: [[3]],
      });
    });

    claims(
      'a day of leaving that the query reads, or another day that it goes by, leaves nothing to tell',
      async () => {
        for (const text of [
          'SELECT COUNT(*) FROM employee WHERE left_on IS NULL',
          'SELECT name, left_on FROM employee',
          "SELECT COUNT(*) FROM employee WHERE hired_on >= '2020-01-01'",
        ])
          assert.equal((await of('gone', text)).outcome, 'not-applicable', text);
        assert.equal((await of('gone', 'SELECT name FROM employee WHERE pay = 200')).outcome, 'passed');
      },
    );

    claims('things that a flag says are not there are told', async () => {
      const found = await of('gone', 'SELECT name FROM product');
      assert.deepEqual([found.outcome, found.says], ['told', '1 of the 3 rows of product behind this is not active.']);
      assert.equal((await of('gone', "SELECT name FROM product WHERE name = 'lamp'")).outcome, 'not-applicable');
    });

    claims('what came to nothing is told whenever it was, in the words of its states', async () => {
      const text = "SELECT SUM(total) FROM bill WHERE billed_on >= '2026-01-01' AND billed_on < '2026-06-01'";
      const found = await of('gone', text);
      assert.deepEqual(
        [found.outcome, found.says],
        ['told', '2 of the 4 rows of bill behind this are cancelled or no show.'],
      );
      assert.deepEqual((await without(text)).rows, [[110]]);
      for (const other of ['SELECT status, COUNT(*) FROM bill GROUP BY status', 'SELECT MIN(billed_on) FROM bill'])
        assert.equal((await of('gone', other)).outcome, 'not-applicable', other);
    });

    claims('lines of what was cancelled are told, by the order that they are of', async () => {
      const text =
        'SELECT product.name, SUM(quantity) FROM bill_line JOIN product ON product.id = bill_line.product_id GROUP BY product.name';
      const found = await of('gone', text);
      assert.deepEqual(
        [found.outcome, found.says],
        ['told', '1 of the 4 rows of bill_line behind this is of rows of bill that are cancelled or no show.'],
      );
      assert.deepEqual((await without('SELECT SUM(quantity) FROM bill_line')).rows, [[4]]);
    });

    claims('a state of those that rows only refer to is nothing to tell', async () => {
      const text = 'SELECT COUNT(*) FROM bill_line JOIN product ON product.id = bill_line.product_id';
      const found = await of('gone', `${text} JOIN bill ON bill.id = bill_line.bill_id WHERE bill.status = 'paid'`);
      assert.equal(found.outcome, 'not-applicable');
    });
  });

  describe('edge', () => {
    claims('a tie at the cut is told', async () => {
      const found = await of('edge', 'SELECT id FROM sale ORDER BY amount DESC LIMIT 2');
      assert.deepEqual(
        [found.outcome, found.says],
        ['told', 'Others share the last of the 2 places and are not shown.'],
      );
    });

    claims('a cut between different values passes', async () => {
      const found = await of('edge', 'SELECT id FROM sale ORDER BY amount DESC LIMIT 1');
      assert.deepEqual([found.outcome, found.asked], ['passed', 1]);
      const all = await of('edge', 'SELECT id FROM sale ORDER BY amount LIMIT 20');
      assert.deepEqual([all.outcome, all.asked], ['passed', 0]);
    });

    claims('some rows of more in no order fail', async () => {
      const found = await of('edge', 'SELECT id FROM sale LIMIT 2');
      assert.deepEqual([found.outcome, found.says], ['failed', 'these are 2 of more rows, and nothing says which.']);
      assert.equal((await of('edge', 'SELECT COUNT(*) FROM sale LIMIT 1')).outcome, 'passed');
    });

    claims('the top of some groups is looked at by what they are sorted by', async () => {
      const found = await of('edge', 'SELECT channel FROM sale GROUP BY channel ORDER BY SUM(amount) DESC LIMIT 1');
      assert.equal(found.outcome, 'passed');
    });
  });

  claims('no more statements are run than there may be, and what could not be looked at is no fault', async () => {
    let statements = 0;
    const run: Database['run'] = (...args) => {
      statements += 1;
      return database.run(...args);
    };
    const texts = Array.from({ length: 20 }, (_, at) => `country <> 'none ${at}'`).join(' AND ');
    await checked(`SELECT country, SUM(id) FROM client WHERE ${texts} GROUP BY country`, '', { run });
    assert.ok(statements > 0 && statements <= CHECK_BUDGET.statements, String(statements));
    const broken: Database['run'] = async () => fail({ kind: 'query-timed-out', database: 'shop', limitMs: 1 });
    const made = await checked("SELECT COUNT(*) FROM client WHERE country = 'Oslo'", '', { run: broken });
    assert.deepEqual(
      made.checks.map(({ outcome }) => outcome).filter((one) => one !== 'not-applicable'),
      ['untested'],
    );
    assert.equal(made.isCorrected, false);
  });

  claims('what the asker may not see is not looked into either', async () => {
    const without = { ...catalog, tables: catalog.tables.filter(({ name }) => name !== 'client') };
    const made = await checked("SELECT COUNT(*) FROM client WHERE country = 'NORWAY X'", '', {}, wholeCatalog(without));
    assert.equal(made.checks.find(({ check }) => check === 'filters')?.outcome, 'untested');
  });
});

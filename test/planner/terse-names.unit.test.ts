import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { isShortFor } from '#src/planner/short-forms.ts';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

/** Named as databases of long standing are: parts of words, codes for kinds. */
const ESTATE = catalogOf(
  `CREATE TABLE bldg (bldg_id INTEGER PRIMARY KEY, nm TEXT, city TEXT);
   CREATE TABLE tnt (tnt_id INTEGER PRIMARY KEY, nm TEXT, tnt_typ TEXT, mktg_opt_in INTEGER);
   CREATE TABLE mnt_tkt (tkt_id INTEGER PRIMARY KEY, bldg_id INTEGER REFERENCES bldg (bldg_id), tnt_id INTEGER REFERENCES tnt (tnt_id), opened_on DATE, closed_on DATE, compl_dt DATE, tkt_sts TEXT, act_cost REAL, discont INTEGER);
   CREATE TABLE helper (helper_id INTEGER PRIMARY KEY, nm TEXT, contract_type TEXT, hired_on DATE, left_on DATE);
   INSERT INTO bldg VALUES (1, 'Mill', 'Leeds'), (2, 'Quay', 'York');
   INSERT INTO tnt VALUES (1, 'Ada', 'IND', 1), (2, 'Bo', 'IND', 0), (3, 'Cobalt', 'CO', 1);
   INSERT INTO mnt_tkt VALUES (1, 1, 1, '2025-01-02', '2025-01-09', '2025-01-08', 'DONE', 40, 0), (2, 1, 2, '2025-02-02', NULL, NULL, 'OPEN', NULL, 1), (3, 2, 3, '2025-02-03', '2025-02-04', '2025-02-04', 'DONE', 90, 0);
   INSERT INTO helper VALUES (1, 'Cy', 'FT', '2024-01-02', NULL), (2, 'Di', 'PT', '2024-01-02', '2025-01-02'), (3, 'Ed', 'FT', '2025-02-02', NULL);`,
);
const sqlOf = (...turns: string[]) => sqlOver(ESTATE, ...turns);

describe('a word that the database writes short', () => {
  it('is its first letters up to a consonant before a vowel, or its first letter and consonants after it with the last', () => {
    for (const [short, word] of [
      ['insp', 'inspection'],
      ['tkt', 'tickets'],
      ['pmt', 'payment'],
      ['compl', 'completed'],
    ] as const)
      assert.ok(isShortFor(short, word), `${short} ${word}`);
    for (const [short, word] of [
      ['open', 'opened'],
      ['pcp', 'prescriptions'],
      ['car', 'carrier'],
      ['tkt', 'tankers'],
      ['in', 'inspection'],
    ] as const)
      assert.ok(!isShortFor(short, word), `${short} ${word}`);
  });

  it('names the table, and the column', () => {
    assert.match(
      sqlOf('how many maintenance tickets were opened in 2025'),
      /^SELECT COUNT\(\*\) FROM mnt_tkt WHERE \(?opened_on >= '2025-01-01'/,
    );
    assert.equal(sqlOf('total actual cost of tickets'), 'SELECT SUM(act_cost) FROM mnt_tkt');
    assert.match(
      sqlOf('tickets opened per month in 2025'),
      /COUNT\(\*\) FROM mnt_tkt WHERE opened_on >= .*(?<!OPEN'.*)GROUP BY/,
    );
  });

  it('is a code of what kind a row is, of one word or two', () => {
    assert.equal(sqlOf('how many individual tenants'), "SELECT COUNT(*) FROM tnt WHERE tnt_typ = 'IND'");
    assert.equal(sqlOf('how many full-time helpers'), "SELECT COUNT(*) FROM helper WHERE contract_type = 'FT'");
    assert.equal(sqlOf('how many part time helpers'), "SELECT COUNT(*) FROM helper WHERE contract_type = 'PT'");
  });

  it('may be typed short as well', () => {
    assert.equal(sqlOf('how many tkt'), 'SELECT COUNT(*) FROM mnt_tkt');
  });

  it('is a state that another word says', () => {
    assert.equal(sqlOf('how many finished tickets'), "SELECT COUNT(*) FROM mnt_tkt WHERE tkt_sts = 'DONE'");
  });

  it('tells the day of a deed', () => {
    assert.match(sqlOf('how many tickets were completed in 2025'), /WHERE compl_dt >= '2025-01-01'/);
  });

  it('names a flag, whatever it is about', () => {
    assert.equal(
      sqlOf('how many tenants have opted in to marketing messages'),
      'SELECT COUNT(*) FROM tnt WHERE mktg_opt_in = 1',
    );
    assert.match(
      sqlOf('what percentage of tenants have opted in to marketing?'),
      /WHEN mktg_opt_in = 1 THEN 1 .* FROM tnt$/,
    );
    assert.match(sqlOf('tenants who have not opted in'), /FROM tnt WHERE mktg_opt_in = 0$/);
  });
});

const WORKSHOP = catalogOf(
  `CREATE TABLE staff (staff_id INTEGER PRIMARY KEY, full_name TEXT, job TEXT);
   CREATE TABLE dealer (dealer_id INTEGER PRIMARY KEY, company TEXT, contact_name TEXT, dlr_type TEXT, acct_mgr_id INTEGER REFERENCES staff (staff_id));
   CREATE TABLE sales (so_id INTEGER PRIMARY KEY, dealer_id INTEGER REFERENCES dealer (dealer_id), order_dt DATE, ship_dt DATE, status TEXT, escalated INTEGER);
   INSERT INTO staff VALUES (1, 'Ada Berg', 'acct manager'), (2, 'Bo Lind', 'clerk');
   INSERT INTO dealer VALUES (1, 'Alpha', 'Cy', 'retail', 1), (2, 'Beta', 'Di', 'online', NULL), (3, 'Gamma', 'Ed', 'retail', NULL);
   INSERT INTO sales VALUES (1, 1, '2025-01-02', '2025-01-09', 'SHIPPED', 0), (2, 2, '2025-02-02', NULL, 'CANC', 1), (3, 3, '2025-02-03', '2025-02-04', 'SHIPPED', 0);`,
);
const madeOf = (...turns: string[]) => sqlOver(WORKSHOP, ...turns);

describe('a name that is short for that of its own table', () => {
  it('says no more than whose it is', () => {
    assert.equal(madeOf('number of dealers by dealer type'), 'SELECT dlr_type, COUNT(*) FROM dealer GROUP BY dlr_type');
  });

  it('is a reference that is empty, at length', () => {
    const none = 'SELECT company FROM dealer WHERE acct_mgr_id IS NULL';
    assert.equal(madeOf('which dealers have no account manager yet? company'), none);
    assert.equal(madeOf('who of our dealers has no acct manager yet? company names pls'), none);
  });
});

describe('days from one day to another', () => {
  it('are of the one table that has both, whatever they are told apart by', () => {
    const days = 'AVG(CAST(JULIANDAY(sales.ship_dt) - JULIANDAY(sales.order_dt) AS INTEGER))';
    assert.match(
      madeOf('avg nr of days from order to shipment, per dealer type?'),
      new RegExp(`^SELECT dealer\\.dlr_type, ${days.replace(/[().]/g, '\\$&')} FROM sales JOIN dealer`),
    );
    assert.match(
      madeOf('How many days on average pass between the order date and the shipment date?'),
      /^SELECT AVG\(CAST\(JULIANDAY\(ship_dt\) - JULIANDAY\(order_dt\)/,
    );
  });
});

describe('what does not count', () => {
  it('is left out, whichever way that is said', () => {
    for (const question of [
      'number of sales, cancelled sales dont count',
      'number of sales, cancelled sales excluded',
      'number of sales, leave out cancelled sales',
    ])
      assert.equal(madeOf(question), "SELECT COUNT(*) FROM sales WHERE status <> 'CANC'", question);
  });

  it('and what is a rate anyway is none in percent besides', () => {
    assert.match(
      madeOf('cancellation rate in % by dealer type'),
      /^SELECT dealer\.dlr_type, 100\.0 \* SUM\(CASE WHEN sales\.status = 'CANC'/,
    );
  });

  it('and a flag may stand before a comma', () => {
    assert.match(
      madeOf('What percentage of the sales was escalated, for each status?'),
      /^SELECT status, 100\.0 \* SUM\(CASE WHEN escalated = 1 .* GROUP BY status$/,
    );
  });

  it('and today may end a period', () => {
    assert.match(
      madeOf('how many sales between 1 January 2025 and today'),
      /WHERE order_dt >= '2025-01-01' AND order_dt < '2025-07-01'$/,
    );
  });
});

describe('by whom rows are told apart', () => {
  const INSPECTED = catalogOf(
    `CREATE TABLE staff (emp_id INTEGER PRIMARY KEY, full_nm TEXT, role TEXT);
     CREATE TABLE inspection (insp_id INTEGER PRIMARY KEY, inspector_id INTEGER REFERENCES staff (emp_id), score INTEGER, insp_dt DATE, status TEXT, cancelled_on DATE);
     INSERT INTO staff VALUES (1, 'Ada Berg', 'Inspector'), (2, 'Bo Lind', 'Manager'), (3, 'Cy Holm', 'Inspector');
     INSERT INTO inspection VALUES (1, 1, 80, '2024-01-02', 'kept', NULL), (2, 3, 90, '2024-01-02', 'cancelled', '2024-01-01');`,
  );

  it('is each whom they refer to, and no job that is called so', () => {
    assert.match(
      sqlOver(INSPECTED, 'average inspection score by inspector'),
      /^SELECT staff\.full_nm, AVG\(inspection\.score\) FROM .* GROUP BY staff\.emp_id, staff\.full_nm$/,
    );
  });

  it('and a share is of those of the period, whatever they came to then', () => {
    for (const question of [
      'what percentage of inspections were cancelled in 2024',
      'share of cancelled inspections in 2024',
    ])
      assert.match(
        sqlOver(INSPECTED, question),
        /^SELECT 100\.0 \* SUM\(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END\) \/ COUNT\(\*\) FROM inspection WHERE insp_dt >= '2024-01-01'/,
        question,
      );
  });
});

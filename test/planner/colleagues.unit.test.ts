import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const BIKES = catalogOf(
  `CREATE TABLE shops (shop_cd TEXT PRIMARY KEY, shop_nm TEXT, city TEXT);
   CREATE TABLE mechanics (mech_id INTEGER PRIMARY KEY, mech_nm TEXT, shop_cd TEXT REFERENCES shops (shop_cd), term_dt DATE);
   CREATE TABLE riders (rider_id INTEGER PRIMARY KEY, full_name TEXT, shop_cd TEXT REFERENCES shops (shop_cd));
   CREATE TABLE bikes (frame_no TEXT PRIMARY KEY, bike_grp TEXT, std_price REAL, insured_flg TEXT, has_basket INTEGER);
   CREATE TABLE rentals (rental_no INTEGER PRIMARY KEY, rider_id INTEGER REFERENCES riders (rider_id), frame_no TEXT REFERENCES bikes (frame_no),
     start_dt DATE, end_dt DATE, fee REAL);
   CREATE TABLE maint_jobs (job_no INTEGER PRIMARY KEY, frame_no TEXT REFERENCES bikes (frame_no), reported_dt DATE, closed_dt DATE, status TEXT);
   CREATE TABLE work_logs (log_id INTEGER PRIMARY KEY, job_no INTEGER REFERENCES maint_jobs (job_no), mech_id INTEGER REFERENCES mechanics (mech_id),
     worked_on DATE, hrs REAL);
   INSERT INTO shops VALUES ('OSL', 'Oslo Wheels', 'Oslo'), ('BER', 'Bergen Spokes', 'Bergen');
   INSERT INTO mechanics VALUES (1, 'Ada Berg', 'OSL', NULL), (2, 'Bo Lind', 'OSL', '2025-02-01'), (3, 'Cy Holm', 'BER', NULL);
   INSERT INTO riders VALUES (1, 'Dan Moe', 'OSL'), (2, 'Eli Voss', 'BER'), (3, 'Fia Nord', 'OSL');
   INSERT INTO bikes VALUES ('F1', 'tandem', 900, 'Y', 1), ('F2', 'racing', 2400, 'N', 0), ('F3', 'tandem', 950, 'Y', 0);
   INSERT INTO rentals VALUES (1, 1, 'F1', '2025-01-02', '2025-01-09', 40), (2, 2, 'F2', '2025-06-02', NULL, 90), (3, 1, 'F3', '2025-03-01', '2025-03-02', 10);
   INSERT INTO maint_jobs VALUES (1, 'F1', '2025-01-02', '2025-01-05', 'closed'), (2, 'F1', '2025-06-02', NULL, 'open'), (3, 'F2', '2025-06-03', '2025-06-20', 'rejected');
   INSERT INTO work_logs VALUES (1, 1, 1, '2025-01-03', 2), (2, 1, 2, '2025-01-04', 3.5), (3, 3, 1, '2025-06-10', 1);`,
);

function sqlOf(question: string): string {
  const made = plan({ question, catalog: BIKES, ranked: [], today: '2025-06-30' });
  return made.kind === 'planned' ? made.sql : `declined: ${made.missing}`;
}

describe('names as companies shorten them', () => {
  it('are read in full: groups, standards, maintenance, flags', () => {
    assert.equal(
      sqlOf('average standard price by bike group'),
      'SELECT bike_grp, AVG(std_price) FROM bikes GROUP BY bike_grp',
    );
    assert.match(
      sqlOf('maintenance jobs per month'),
      /^SELECT STRFTIME\('%Y-%m', reported_dt\).* FROM maint_jobs GROUP/,
    );
    assert.equal(sqlOf('how many insured bikes are there'), "SELECT COUNT(*) FROM bikes WHERE insured_flg = 'Y'");
    assert.equal(sqlOf('number of uninsured bikes'), "SELECT COUNT(*) FROM bikes WHERE insured_flg = 'N'");
  });

  it('leave a date that is named by what happens then to its verb, though a state is called so', () => {
    assert.match(
      sqlOf('jobs closed in 2025'),
      /FROM maint_jobs WHERE closed_dt >= '2025-01-01' AND closed_dt < '2026-01-01'$/,
    );
  });
});

describe('states that dates tell', () => {
  it('are said of what follows, and are not lost beside what is listed', () => {
    assert.match(
      sqlOf('riders with a running rental'),
      /FROM riders JOIN rentals .* WHERE rentals.start_dt < '2025-07-01' AND \(rentals.end_dt IS NULL OR /,
    );
    assert.match(sqlOf('rentals still ongoing'), /WHERE start_dt < '2025-07-01' AND \(end_dt IS NULL OR /);
  });

  it('tell who left the company', () => {
    assert.equal(sqlOf('mechanics who left the company'), 'SELECT mech_nm FROM mechanics WHERE term_dt IS NOT NULL');
    assert.match(sqlOf('which mechanics quit this year'), /WHERE term_dt >= '2025-01-01' AND term_dt < '2026-01-01'$/);
  });

  it('are of days that end as well as of those that ended', () => {
    assert.match(
      sqlOf('rentals that end in the next 30 days'),
      /WHERE end_dt >= '2025-06-30' AND end_dt < '2025-07-30'$/,
    );
  });
});

describe('figures of two levels', () => {
  it('divide what adds up by what it is of, where each of those has several', () => {
    assert.equal(sqlOf('average hours per job'), 'SELECT 1.0 * SUM(hrs) / COUNT(DISTINCT job_no) FROM work_logs');
    assert.equal(
      sqlOf('average total hours per mechanic'),
      'SELECT 1.0 * SUM(hrs) / COUNT(DISTINCT mech_id) FROM work_logs',
    );
    assert.match(
      sqlOf('average total hours per mechanic by shop'),
      /^SELECT shops\.shop_nm, 1\.0 \* SUM.* GROUP BY shops/,
    );
  });

  it('are of the periods that have any', () => {
    assert.equal(
      sqlOf('average number of rentals per month'),
      "SELECT 1.0 * COUNT(start_dt) / COUNT(DISTINCT STRFTIME('%Y-%m', start_dt)) FROM rentals",
    );
    assert.equal(
      sqlOf('average weekly hours'),
      "SELECT 1.0 * SUM(hrs) / COUNT(DISTINCT DATE(worked_on, '-6 days', 'weekday 1')) FROM work_logs",
    );
  });

  it('are averages where each has one row of its own, told apart by what else is said', () => {
    assert.match(sqlOf('fee per rental by rider'), /^SELECT riders\.full_name, AVG\(rentals\.fee\) .* GROUP BY riders/);
  });

  it('are declined where both ends only share what they belong to', () => {
    assert.match(
      sqlOf('riders per mechanic for each shop'),
      /^declined: Rows of riders and mechanics have no more in common/,
    );
  });
});

describe('flags before a kind', () => {
  it('are conditions, and what is asked for is a list', () => {
    assert.equal(
      sqlOf('insured tandem bikes'),
      "SELECT frame_no FROM bikes WHERE insured_flg = 'Y' AND bike_grp = 'tandem'",
    );
  });
});

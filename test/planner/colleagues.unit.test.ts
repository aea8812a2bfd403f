import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const BIKES = catalogOf(
  `CREATE TABLE shops (shop_cd TEXT PRIMARY KEY, shop_nm TEXT, city TEXT, opened_yr INTEGER);
   CREATE TABLE lockers (locker_id INTEGER PRIMARY KEY, shop_cd TEXT REFERENCES shops (shop_cd), slots INTEGER);
   CREATE TABLE mechanics (mech_id INTEGER PRIMARY KEY, mech_nm TEXT, shop_cd TEXT REFERENCES shops (shop_cd), term_dt DATE, certified INTEGER);
   CREATE TABLE riders (rider_id INTEGER PRIMARY KEY, full_name TEXT, shop_cd TEXT REFERENCES shops (shop_cd), enrolled_on DATE, free_pass INTEGER, skill_level INTEGER);
   CREATE TABLE enrollments (rider_id INTEGER REFERENCES riders (rider_id), course TEXT, season TEXT, PRIMARY KEY (rider_id, course));
   CREATE TABLE bikes (frame_no TEXT PRIMARY KEY, bike_grp TEXT, std_price REAL, insured_flg TEXT, has_basket INTEGER, built_yr INTEGER);
   CREATE TABLE rentals (rental_no INTEGER PRIMARY KEY, rider_id INTEGER REFERENCES riders (rider_id), frame_no TEXT REFERENCES bikes (frame_no),
     start_dt DATE, end_dt DATE, fee REAL);
   CREATE TABLE maint_jobs (job_no INTEGER PRIMARY KEY, frame_no TEXT REFERENCES bikes (frame_no), reported_dt DATE, closed_dt DATE, status TEXT, outcome TEXT);
   CREATE TABLE work_logs (log_id INTEGER PRIMARY KEY, job_no INTEGER REFERENCES maint_jobs (job_no), mech_id INTEGER REFERENCES mechanics (mech_id),
     worked_on DATE, hrs REAL, parts_used INTEGER);
   INSERT INTO shops VALUES ('OSL', 'Oslo Wheels', 'Oslo', 2015), ('BER', 'Bergen Spokes', 'Bergen', 2020);
   INSERT INTO lockers VALUES (1, 'OSL', 20), (2, 'BER', 30);
   INSERT INTO mechanics VALUES (1, 'Ada Berg', 'OSL', NULL, 1), (2, 'Bo Lind', 'OSL', '2025-02-01', 0), (3, 'Cy Holm', 'BER', NULL, 1);
   INSERT INTO riders VALUES (1, 'Daniel Moe', 'OSL', '2024-01-02', 1, 2), (2, 'Eli Voss', 'BER', '2024-02-02', 0, 2), (3, 'Fia Nord', 'OSL', '2025-03-02', 0, 6);
   INSERT INTO enrollments VALUES (1, 'Downhill', '2024-Fall'), (1, 'Touring', '2025-Spring'), (2, 'Touring', '2025-Spring');
   INSERT INTO bikes VALUES ('F1', 'tandem', 900, 'Y', 1, 2019), ('F2', 'racing', 2400, 'N', 0, 2023), ('F3', 'tandem', 950, 'Y', 0, 2024);
   INSERT INTO rentals VALUES (1, 1, 'F1', '2025-01-02', '2025-01-09', 40), (2, 2, 'F2', '2025-06-02', NULL, 90), (3, 1, 'F3', '2025-03-01', '2025-03-02', 10);
   INSERT INTO maint_jobs VALUES (1, 'F1', '2025-01-02', '2025-01-05', 'closed', 'pass'), (2, 'F1', '2025-06-02', NULL, 'open', NULL), (3, 'F2', '2025-06-03', '2025-06-20', 'rejected', 'fail');
   INSERT INTO work_logs VALUES (1, 1, 1, '2025-01-03', 2, 1), (2, 1, 2, '2025-01-04', 3.5, 4), (3, 3, 1, '2025-06-10', 1, 0);`,
);

const sqlOf = (...turns: string[]) => sqlOver(BIKES, ...turns);

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

  it('are of what adds up where it is said how much, and of rows that are counted where it is said how many', () => {
    assert.equal(
      sqlOf('average number of hours per mechanic'),
      'SELECT 1.0 * SUM(hrs) / COUNT(DISTINCT mech_id) FROM work_logs',
    );
    assert.equal(
      sqlOf('average number of work logs per mechanic'),
      'SELECT 1.0 * COUNT(mech_id) / COUNT(DISTINCT mech_id) FROM work_logs',
    );
  });

  it('are of each within what it belongs to', () => {
    assert.match(
      sqlOf('work logs per mechanic by shop'),
      /^SELECT shops\.shop_nm, 1\.0 \* COUNT\(work_logs\.mech_id\) \/ COUNT\(DISTINCT work_logs\.mech_id\) .* GROUP BY shops/,
    );
    assert.match(sqlOf('rentals per rider by bike group'), /^SELECT riders\.full_name, bikes\.bike_grp, COUNT\(\*\)/);
  });

  it('divide one number by another of the same rows', () => {
    assert.equal(sqlOf('parts used per hour'), 'SELECT 1.0 * SUM(parts_used) / NULLIF(SUM(hrs), 0) FROM work_logs');
    assert.match(
      sqlOf('parts used as a percentage of hours by mechanic'),
      /100\.0 \* SUM\(work_logs\.parts_used\) \/ NULLIF\(SUM/,
    );
    assert.match(sqlOf('ratio of parts used to hours'), /^SELECT 1\.0 \* SUM\(parts_used\)/);
  });

  it('are portions of what adds up', () => {
    assert.match(
      sqlOf('share of hours per mechanic'),
      /100\.0 \* SUM\(work_logs\.hrs\) \/ SUM\(SUM\(work_logs\.hrs\)\) OVER \(\)/,
    );
    assert.match(sqlOf('share of each mechanic in total hours'), /GROUP BY mechanics/);
  });

  it('are declined where a bound or a rank is of each, and not of its group', () => {
    assert.match(sqlOf('number of riders per shop with more than 2 rentals'), /^declined: /);
    assert.match(sqlOf('top 3 riders per shop by fee'), /^declined: /);
  });

  it('show the number of what is named first beside a figure of it', () => {
    assert.match(
      sqlOf('bikes per bike group and average standard price'),
      /^SELECT bike_grp, COUNT\(\*\), AVG\(std_price\)/,
    );
  });

  it('rank from the highest', () => {
    assert.match(sqlOf('mechanics ranked by total hours'), /ORDER BY SUM\(work_logs\.hrs\) DESC$/);
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

describe('what 0 and 1 say of many rows', () => {
  it('is a flag whatever it is called, unless it counts or ranks', () => {
    assert.equal(sqlOf('riders on free pass'), 'SELECT full_name FROM riders WHERE free_pass = 1');
    assert.match(
      sqlOf('share of riders with a free pass'),
      /SUM\(CASE WHEN free_pass = 1 THEN 1 ELSE 0 END\) \/ COUNT/,
    );
    assert.equal(sqlOf('how many bikes without a basket'), 'SELECT COUNT(*) FROM bikes WHERE has_basket = 0');
  });
});

describe('words of one verb', () => {
  it('are of the date of what is asked about, before a table that bears the word as well', () => {
    assert.match(sqlOf('how many riders are enrolled at Oslo Wheels'), /^SELECT COUNT\(\*\) FROM riders JOIN shops /);
  });

  it('are the year in which something was built', () => {
    assert.equal(sqlOf('how many bikes were built before 2020'), 'SELECT COUNT(*) FROM bikes WHERE built_yr < 2020');
  });

  it('are a state that is stored in another form', () => {
    assert.match(sqlOf('share of jobs that failed'), /CASE WHEN outcome = 'fail'/);
  });
});

describe('values', () => {
  it('that begin with a number are no dates', () => {
    assert.match(sqlOf('how many enrollments in 2025-Spring'), /WHERE season = '2025-Spring'$/);
  });

  it('of several words are named by the first alone, where no other begins so', () => {
    assert.match(sqlOf('how many riders at Bergen'), /'Bergen/);
    assert.match(sqlOf('list the rentals of Daniel'), /riders\.full_name = 'Daniel Moe'$/);
  });

  it('say of which kind an average is', () => {
    assert.equal(
      sqlOf('average standard price per tandem'),
      "SELECT AVG(std_price) FROM bikes WHERE bike_grp = 'tandem'",
    );
  });
});

describe('a reply', () => {
  it('asks who was counted', () => {
    assert.equal(
      sqlOf('how many mechanics are certified', 'who are they?'),
      'SELECT mech_nm FROM mechanics WHERE certified = 1',
    );
    assert.equal(sqlOf('number of certified mechanics', 'show their names'), sqlOf('which certified mechanics'));
  });

  it('asks how many were listed, and of what', () => {
    assert.equal(sqlOf('certified mechanics', 'how many?'), 'SELECT COUNT(*) FROM mechanics WHERE certified = 1');
    assert.match(
      sqlOf('certified mechanics', 'count by shop'),
      /^SELECT shops\.shop_nm, COUNT\(\*\) .*certified = 1 GROUP BY/,
    );
  });

  it('asks for a figure of what was listed, or restricts it by a flag or a bound', () => {
    assert.match(sqlOf('rentals of Daniel Moe', 'total fee'), /^SELECT SUM\(rentals\.fee\) .*'Daniel Moe'$/);
    assert.match(sqlOf('how many mechanics per shop', 'only certified ones'), /certified = 1 GROUP BY/);
    assert.match(sqlOf('rentals of Daniel Moe', 'just 20 fee or more'), /fee >= 20/);
  });

  it('groups by one thing rather than by another', () => {
    assert.match(
      sqlOf('total hours by mechanic', 'per job rather than per mechanic'),
      /^SELECT maint_jobs\.job_no, SUM\(work_logs\.hrs\)|^SELECT job_no, SUM\(hrs\)/,
    );
  });
});

describe('the time between two days of a row', () => {
  it('is reckoned in days, by whatever the days are called', () => {
    assert.equal(
      sqlOf('average days between reporting and closing of jobs'),
      'SELECT AVG(CAST(JULIANDAY(closed_dt) - JULIANDAY(reported_dt) AS INTEGER)) FROM maint_jobs',
    );
    assert.equal(sqlOf('how long does it take on average to close a job'), sqlOf('average days to close a job'));
    assert.match(sqlOf('longest rental duration'), /^SELECT MAX\(CAST\(JULIANDAY\(end_dt\) - JULIANDAY\(start_dt\)/);
  });

  it('is told apart by what else is said, and declined beside a column of which nobody knows which to show', () => {
    assert.match(sqlOf('average days to close a job by outcome'), /^SELECT outcome, AVG.* GROUP BY outcome$/);
    assert.match(sqlOf('average days to close an outcome'), /^declined: /);
  });
});

describe('what several conditions are of', () => {
  it('is listed though nothing names it', () => {
    assert.match(
      sqlOf('list the tandems with standard price above 920'),
      /FROM bikes WHERE std_price > 920 AND bike_grp = 'tandem'$/,
    );
  });
});

describe('what is told by its code', () => {
  it('is compared with the key that is written so, though nobody has seen that code', () => {
    assert.match(sqlOf('rentals of bike F1'), /WHERE bikes\.frame_no = 'F1'$/);
    assert.match(sqlOf('rentals of bike F8'), /WHERE bikes\.frame_no = 'F8'$/);
    assert.match(sqlOf('rentals of bike X-99'), /^declined: /);
  });
});

describe('a flag and its opposite', () => {
  it('stand beside each other, or restrict what was asked before', () => {
    assert.equal(sqlOf('insured vs uninsured bikes'), 'SELECT insured_flg, COUNT(*) FROM bikes GROUP BY insured_flg');
    assert.match(sqlOf('how many bikes per bike group', 'only uninsured'), /insured_flg = 'N' GROUP BY bike_grp$/);
  });
});

describe('small words', () => {
  it('that point at what was said before the question are not understood without it', () => {
    assert.match(sqlOf('how many bikes do they have'), /^declined: /);
    assert.equal(sqlOf('how many bikes do we have'), 'SELECT COUNT(*) FROM bikes');
  });

  it('run together with a hyphen name what is written apart', () => {
    assert.equal(sqlOf('how many free-pass riders are there'), 'SELECT COUNT(*) FROM riders WHERE free_pass = 1');
  });

  it('that deny a flag stand behind what groups', () => {
    assert.equal(
      sqlOf('number of bikes per bike group that are not insured'),
      "SELECT bike_grp, COUNT(*) FROM bikes WHERE insured_flg = 'N' GROUP BY bike_grp",
    );
  });
});

describe('a period of what has no date', () => {
  it('is not when that was opened which it stands in', () => {
    assert.match(sqlOf('total slots of lockers in 2025'), /^declined: /);
  });
});

describe('a period behind another thing', () => {
  it('is of what is asked about, where that other thing is no deed', () => {
    assert.match(sqlOf('work logs of jobs in May 2025'), /work_logs\.worked_on >= '2025-05-01'/);
  });
});

describe('a period beside a state', () => {
  it('is of the day when it came to that state, where there is one', () => {
    assert.match(sqlOf('closed jobs last month'), /closed_dt >= '2025-05-01' AND closed_dt < '2025-06-01'/);
  });
});

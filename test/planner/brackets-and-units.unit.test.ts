import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';
import { sqlOver } from '#test/support/planned.ts';

const FARM = catalogOf(
  `CREATE TABLE barns (id INTEGER PRIMARY KEY, name TEXT, county TEXT, area_m2 REAL, stalls INTEGER);
   CREATE TABLE cows (id INTEGER PRIMARY KEY, tag TEXT, name TEXT, breed TEXT, sex TEXT, weight_kg REAL, barn_id INTEGER REFERENCES barns (id), is_insured BOOLEAN);
   CREATE TABLE milkings (id INTEGER PRIMARY KEY, cow_id INTEGER REFERENCES cows (id), milked_on DATE, duration_seconds INTEGER, litres REAL);
   CREATE TABLE vet_bills (id INTEGER PRIMARY KEY, cow_id INTEGER REFERENCES cows (id), billed_on DATE, status TEXT, kind TEXT, cost REAL);
   CREATE TABLE rebates (id INTEGER PRIMARY KEY, name TEXT, percent REAL);
   CREATE TABLE herd_charges (id INTEGER PRIMARY KEY, charged_on DATE, amount REAL);
   INSERT INTO herd_charges VALUES (1, '2025-01-05', 40);
   CREATE TABLE dairy_trucks (id INTEGER PRIMARY KEY, plate TEXT, barn_id INTEGER REFERENCES barns (id), mileage INTEGER);
   CREATE TABLE dairy_tests (id INTEGER PRIMARY KEY, tested_on DATE, reply_hours REAL);
   CREATE TABLE treats (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE treat_sales (id INTEGER PRIMARY KEY, treat_id INTEGER REFERENCES treats (id), pieces INTEGER);
   CREATE TABLE parcels (id INTEGER PRIMARY KEY, barn_id INTEGER REFERENCES barns (id), sent_on DATE, delivered_on DATE, kind TEXT);
   CREATE TABLE parcel_items (id INTEGER PRIMARY KEY, parcel_id INTEGER REFERENCES parcels (id), pieces INTEGER);
   INSERT INTO parcels VALUES (1, NULL, '2025-01-05', '2025-01-08', 'hay'), (2, NULL, '2025-06-20', NULL, 'feed');
   INSERT INTO dairy_trucks VALUES (1, 'AB 1', NULL, 250000);
   INSERT INTO dairy_tests VALUES (1, '2025-01-05', 12);
   INSERT INTO treats VALUES (1, 'Fudge'), (2, 'Brie');
   INSERT INTO treat_sales VALUES (1, 1, 4), (2, 1, 9);
   INSERT INTO barns VALUES (1, 'North', 'Kent', 400, 20), (2, 'South', 'Devon', 300, 10);
   INSERT INTO cows VALUES (1, 'T1', 'Bella', 'Jersey', 'F', 450, 1, 1), (2, 'T2', 'Daisy', 'Angus', 'F', 600, 2, 0), (3, 'T3', 'Max', 'Angus', 'M', 900, 2, 1);
   INSERT INTO milkings VALUES (1, 1, '2024-02-01', 300, 12), (2, 1, '2025-03-01', 420, 14), (3, 2, '2025-06-02', 360, 9);
   INSERT INTO vet_bills VALUES (1, 1, '2024-01-05', 'paid', 'check', 80), (2, 2, '2025-05-05', 'open', 'birth', 300), (3, 3, '2025-05-09', 'disputed', 'check', 60);
   INSERT INTO rebates VALUES (1, 'spring', 5);`,
);

const made = (question: string) => plan({ question, catalog: FARM, ranked: [], today: '2025-06-30' });

const sqlOf = (...turns: string[]) => sqlOver(FARM, ...turns);

const reads = (cases: readonly (readonly [question: string, sql: string])[]) =>
  it.each(cases)('%s', (question, sql) => assert.equal(sqlOf(question), sql));

describe('brackets', () => {
  reads([
    ['2 heaviest cows (tag, name, weight)', 'SELECT tag, name, weight_kg FROM cows ORDER BY weight_kg DESC LIMIT 2'],
    [
      'cows in barn North (tag + name)',
      "SELECT cows.tag, cows.name FROM cows JOIN barns ON cows.barn_id = barns.id WHERE barns.name = 'North'",
    ],
    ['how big is a barn on average (m2)', 'SELECT AVG(area_m2) FROM barns'],
    [
      'pending vet bills (open or disputed) by kind',
      "SELECT kind, COUNT(*) FROM vet_bills WHERE status IN ('open', 'disputed') GROUP BY kind",
    ],
    [
      'what share of the vet bills is contested, i.e. not paid',
      "SELECT 100.0 * SUM(CASE WHEN status <> 'paid' THEN 1 ELSE 0 END) / COUNT(*) FROM vet_bills",
    ],
  ]);

  it('say what a word is taken for', () => {
    const read = made('pending vet bills (open or disputed) by kind');
    assert.ok(read.kind === 'planned' && read.assumptions.includes('“pending” is read as “open or disputed”.'));
  });

  it('explain no word by what they show, and none that counts or denies', () => {
    assert.match(sqlOf('pending vet bills (kind, cost)'), /^declined: .*pending/);
    assert.match(sqlOf('pending vet bills (with kind check) except odd ones (open or disputed)'), /^declined/);
  });
});

describe('percentages of all', () => {
  const OF_ALL = '100.0 * COUNT(*) / SUM(COUNT(*)) OVER ()';
  reads([
    ['cows by breed in percent', `SELECT breed, ${OF_ALL} FROM cows GROUP BY breed`],
    ['cows by breed in %', `SELECT breed, ${OF_ALL} FROM cows GROUP BY breed`],
    ['breed split of the cows in percent', `SELECT breed, ${OF_ALL} FROM cows GROUP BY breed`],
    [
      'what % of vet bills is paid',
      "SELECT 100.0 * SUM(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) / COUNT(*) FROM vet_bills",
    ],
    [
      'litres by breed as a percentage of total',
      'SELECT cows.breed, 100.0 * SUM(milkings.litres) / SUM(SUM(milkings.litres)) OVER () FROM milkings JOIN cows ON milkings.cow_id = cows.id GROUP BY cows.breed',
    ],
    ['cows by breed, share in %', `SELECT breed, ${OF_ALL} FROM cows GROUP BY breed`],
    ['cows by breed, count and share', `SELECT breed, COUNT(*), ${OF_ALL} FROM cows GROUP BY breed`],
    [
      'how many cows are insured, in %',
      'SELECT 100.0 * SUM(CASE WHEN is_insured = TRUE THEN 1 ELSE 0 END) / COUNT(*) FROM cows',
    ],
    ['average percent of the rebates', 'SELECT AVG(percent) FROM rebates'],
  ]);

  it('are declined of means, of what is narrowed, and of groups within groups', () => {
    assert.match(sqlOf('average weight of cows by breed in percent'), /^declined/);
    assert.match(sqlOf('open vet bills by kind in percent'), /^declined/);
    assert.match(sqlOf('cows by breed and sex in percent'), /^declined/);
  });
});

describe('units that are asked for', () => {
  reads([
    ['average milking duration in minutes', 'SELECT AVG(duration_seconds) / 60.0 FROM milkings'],
    ['average weight of cows by breed, in grams', 'SELECT breed, AVG(weight_kg) * 1000.0 FROM cows GROUP BY breed'],
    ['average weight of cows in kg', 'SELECT AVG(weight_kg) FROM cows'],
  ]);

  it('are declined where the column is in none, or in one of something else', () => {
    assert.match(sqlOf('average weight of cows in minutes'), /^declined/);
    assert.match(sqlOf('total stalls in miles'), /^declined/);
  });
});

describe('how big on average', () => {
  reads([
    [
      'how heavy are cows in barn South on average',
      "SELECT AVG(cows.weight_kg) FROM cows JOIN barns ON cows.barn_id = barns.id WHERE barns.name = 'South'",
    ],
    ['how heavy is the average cow', 'SELECT AVG(weight_kg) FROM cows'],
    ['how much does a cow weigh on average', 'SELECT AVG(weight_kg) FROM cows'],
    ['how long does a milking take', 'declined: I did not understand “how”, “long” and “take”.'],
  ]);
});

describe('periods', () => {
  const both = (from: string, to: string, before: string, until: string) =>
    `SELECT SUM(CASE WHEN billed_on >= '${from}' AND billed_on < '${to}' THEN cost END), SUM(CASE WHEN billed_on >= '${before}' AND billed_on < '${until}' THEN cost END) FROM vet_bills`;
  reads([
    [
      'vet bill cost this year vs the same period last year',
      both('2025-01-01', '2025-07-01', '2024-01-01', '2024-07-01'),
    ],
    ['vet bill cost, this year vs last year (full)', both('2025-01-01', '2026-01-01', '2024-01-01', '2025-01-01')],
    [
      'litres in the whole of 2025',
      "SELECT SUM(litres) FROM milkings WHERE milked_on >= '2025-01-01' AND milked_on < '2026-01-01'",
    ],
    [
      'how has the number of milkings developed by year',
      "SELECT STRFTIME('%Y', milked_on) AS period, COUNT(*) FROM milkings GROUP BY STRFTIME('%Y', milked_on) ORDER BY period",
    ],
    [
      'what do all litres add up to this year',
      "SELECT SUM(litres) FROM milkings WHERE milked_on >= '2025-01-01' AND milked_on < '2026-01-01'",
    ],
  ]);
});

describe('two halves beside each other', () => {
  const BY = (figure: string) => `SELECT is_insured, ${figure} FROM cows GROUP BY is_insured`;
  reads([
    ['average weight of insured vs uninsured cows', BY('AVG(weight_kg)')],
    ['average weight of insured cows and of the others', BY('AVG(weight_kg)')],
    ['number of cows, insured vs not insured', BY('COUNT(*)')],
    [
      'litres in May vs June',
      "SELECT SUM(CASE WHEN milked_on >= '2025-05-01' AND milked_on < '2025-06-01' THEN litres END), SUM(CASE WHEN milked_on >= '2025-06-01' AND milked_on < '2025-07-01' THEN litres END) FROM milkings",
    ],
  ]);
});

describe('what is spent', () => {
  reads([
    [
      'what did our cows cost us in vet bills in 2025',
      "SELECT SUM(vet_bills.cost) FROM vet_bills JOIN cows ON vet_bills.cow_id = cows.id WHERE vet_bills.billed_on >= '2025-01-01' AND vet_bills.billed_on < '2026-01-01'",
    ],
    [
      'herd charges collected this year',
      "SELECT SUM(amount) FROM herd_charges WHERE charged_on >= '2025-01-01' AND charged_on < '2026-01-01'",
    ],
    [
      'how many vet bills are open and what do they add up to',
      "SELECT COUNT(*), SUM(cost) FROM vet_bills WHERE status = 'open'",
    ],
  ]);
});

describe('rows of one day and another', () => {
  const MONTH = "STRFTIME('%Y-%m', sent_on)";
  reads([
    ['parcels not delivered yet', 'SELECT * FROM parcels WHERE delivered_on IS NULL'],
    [
      'parcels per month by kind',
      `SELECT ${MONTH} AS period, kind, COUNT(*) FROM parcels GROUP BY ${MONTH}, kind ORDER BY period`,
    ],
    [
      'parcels delivered in January 2025: kind, date',
      "SELECT kind, delivered_on FROM parcels WHERE delivered_on >= '2025-01-01' AND delivered_on < '2025-02-01'",
    ],
    [
      'hay parcels as a share of all parcels',
      "SELECT 100.0 * SUM(CASE WHEN kind = 'hay' THEN 1 ELSE 0 END) / COUNT(*) FROM parcels",
    ],
  ]);
});

describe('growth', () => {
  const year = (from: number) =>
    `SUM(CASE WHEN billed_on >= '${from}-01-01' AND billed_on < '${from + 1}-01-01' THEN cost END)`;
  reads([
    [
      'vet bill cost this year vs last year, with growth in % if you can',
      `SELECT ${year(2025)}, ${year(2024)}, 100.0 * (${year(2025)} - ${year(2024)}) / NULLIF(${year(2024)}, 0) FROM vet_bills`,
    ],
    [
      'growth in vet bill cost 2025 vs 2024',
      `SELECT 100.0 * (${year(2025)} - ${year(2024)}) / NULLIF(${year(2024)}, 0) FROM vet_bills`,
    ],
    [
      'vet bill cost 2024 vs 2025 and the difference',
      `SELECT ${year(2024)}, ${year(2025)}, ${year(2025)} - ${year(2024)} FROM vet_bills`,
    ],
  ]);

  it('is declined of no periods', () => assert.match(sqlOf('vet bill cost with growth in %'), /^declined/));
});

describe('what a colleague adds in a word', () => {
  reads([
    ['dairy trucks with more than 200000 km on the clock', 'SELECT plate FROM dairy_trucks WHERE mileage > 200000'],
    ['how many dairy barns are there', 'SELECT COUNT(*) FROM barns'],
    ['how fast do we answer dairy tests on average', 'SELECT AVG(reply_hours) FROM dairy_tests'],
    [
      'which treat did we sell the most of',
      'SELECT treats.name FROM treats JOIN treat_sales ON treats.id = treat_sales.treat_id GROUP BY treats.id, treats.name ORDER BY SUM(treat_sales.pieces) DESC LIMIT 1',
    ],
    [
      'cows per breed in each barn (id, name)',
      'SELECT cows.breed, barns.id, barns.name, COUNT(*) FROM cows JOIN barns ON cows.barn_id = barns.id GROUP BY barns.id, cows.breed, barns.name',
    ],
    [
      'total vet bill spend in 2025',
      "SELECT SUM(cost) FROM vet_bills WHERE billed_on >= '2025-01-01' AND billed_on < '2026-01-01'",
    ],
    [
      'VBs over 70 euro, not paid yet: id, cost and cow',
      "SELECT vet_bills.id, vet_bills.cost, cows.name FROM vet_bills JOIN cows ON vet_bills.cow_id = cows.id WHERE vet_bills.status <> 'paid' AND vet_bills.cost > 70",
    ],
    ['open but not paid vet bills', "SELECT * FROM vet_bills WHERE status = 'open'"],
    [
      'cows with vet bills over 70',
      'SELECT cows.name FROM cows JOIN vet_bills ON cows.id = vet_bills.cow_id WHERE vet_bills.cost > 70',
    ],
    [
      'open vet bills by breed: how many and how much',
      "SELECT cows.breed, COUNT(*), SUM(vet_bills.cost) FROM vet_bills JOIN cows ON vet_bills.cow_id = cows.id WHERE vet_bills.status = 'open' GROUP BY cows.breed",
    ],
  ]);
});

import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { plan } from '#src/planner/plan.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const today = '2025-06-30';

const LIBRARY = catalogOf(
  `CREATE TABLE branches (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
   CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, gender TEXT, branch_id INTEGER REFERENCES branches (id), joined_on DATE);
   CREATE TABLE loans (id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members (id), status TEXT, wait_minutes REAL, lent_on DATE);
   CREATE TABLE fees (id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members (id), kind TEXT, amount REAL, charged_on DATE);
   CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT, views INTEGER);
   CREATE TABLE branch_history (id INTEGER PRIMARY KEY, branch_id INTEGER REFERENCES branches (id), city TEXT);
   INSERT INTO branches VALUES (1, 'North', 'Oslo'), (2, 'South', 'Bergen'), (3, 'East', 'Oslo');
   INSERT INTO members VALUES (1, 'Ada', 'female', 1, '2024-01-01'), (2, 'Bo', 'male', 2, '2025-01-01'), (3, 'Cy', 'male', 1, '2025-02-01');
   INSERT INTO loans VALUES (1, 1, 'returned', 3, '2025-01-02'), (2, 1, 'lost', 5, '2025-02-02'), (3, 2, 'returned', 9, '2024-02-02');
   INSERT INTO fees VALUES (1, 1, 'late', 2.5, '2025-01-02'), (2, 2, 'damage', 10, '2025-03-02'), (3, 2, 'late', 1, '2025-03-04');
   INSERT INTO articles VALUES (1, 'Opening hours', 120), (2, 'Fines', 40);
   INSERT INTO branch_history VALUES (1, 1, 'Bergen');`,
);

const STAFF = catalogOf(
  `CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
   CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT, job TEXT, salary REAL, age INTEGER, manager_id INTEGER, team_id INTEGER REFERENCES teams (id));
   INSERT INTO teams VALUES (1, 'Red'), (2, 'Blue');
   INSERT INTO employees VALUES (1, 'Ada', 'engineer', 900, 40, NULL, 1), (2, 'Bo', 'clerk', 950, 30, 1, 1), (3, 'Cy', 'engineer', 700, 50, 1, 2);`,
);

function planned(question: string, catalog: DatabaseCatalog = LIBRARY) {
  return plan({ question, catalog, ranked: [], today });
}

function sqlOf(question: string, catalog?: DatabaseCatalog): string {
  const made = planned(question, catalog);
  return made.kind === 'planned' ? made.sql : `declined: ${made.missing}`;
}

const normal = (sql: string) => sql.replace(/[()]/g, '');

const rightOf = (table: string, condition: string) =>
  `SELECT 100.0 * SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END) / COUNT(*) FROM ${table}`;

describe('structures of questions', () => {
  it.each([
    ['return rate of loans', rightOf('loans', "status = 'returned'")],
    ['average number of loans per member', 'SELECT 1.0 * COUNT(member_id) / COUNT(DISTINCT member_id) FROM loans'],
    [
      'how many loans does a member have on average?',
      'SELECT 1.0 * COUNT(member_id) / COUNT(DISTINCT member_id) FROM loans',
    ],
    ['when was the last loan made', 'SELECT MAX(lent_on) FROM loans'],
    [
      'how many branches have more than 20 members',
      /^SELECT COUNT\(\*\) FROM \(SELECT branches\.id FROM branches JOIN members .* GROUP BY branches\.id HAVING COUNT\(\*\) > 20\) AS counted$/,
    ],
    ['which cities do more than 2 branches belong to', 'SELECT city FROM branches GROUP BY city HAVING COUNT(*) > 2'],
    ['number and total of fees in 2025', /^SELECT COUNT\(\*\), SUM\(amount\) FROM fees WHERE/],
    ['members who borrowed nothing', /^declined/],
    ['members who never borrowed', /^SELECT name FROM members WHERE id NOT IN \(SELECT member_id FROM loans/],
    ['share of women among the members', rightOf('members', "gender = 'female'")],
    [
      'how did the number of loans change from last month',
      /lent_on >= '2025-06-01' AND lent_on < '2025-07-01' .* lent_on >= '2025-05-01' AND lent_on < '2025-06-01'/,
    ],
    [
      'members with more than 1 lost loans',
      /WHERE loans\.status = 'lost' GROUP BY members\.id, members\.name HAVING COUNT\(\*\) > 1$/,
    ],
    [
      'branches per city, only cities with over 2',
      'SELECT city, COUNT(*) FROM branches GROUP BY city HAVING COUNT(*) > 2',
    ],
    ['how many men and women are members', 'SELECT gender, COUNT(*) FROM members GROUP BY gender'],
    ['gender split of the members', 'SELECT gender, COUNT(*) FROM members GROUP BY gender'],
    ['the 3 most viewed articles', /ORDER BY views DESC LIMIT 3$/],
    [
      'loans by status and month in 2025',
      /^SELECT status, STRFTIME\('%Y-%m', lent_on\) AS period, COUNT\(\*\) FROM loans WHERE .* GROUP BY status/,
    ],
    ['articles with views', 'SELECT title, views FROM articles'],
    ['fees by kind: total', 'SELECT kind, SUM(amount) FROM fees GROUP BY kind'],
    ['average wait time of loans, in minutes', 'SELECT AVG(wait_minutes) FROM loans'],
    ['loan count per status', 'SELECT status, COUNT(*) FROM loans GROUP BY status'],
    ['fee volume in 2025', /^SELECT SUM\(amount\) FROM fees WHERE/],
    ['names of members and when they joined', 'SELECT name, joined_on FROM members'],
    ['members and when they joined', 'SELECT name, joined_on FROM members'],
    ['cities of the branches, each city once', 'SELECT DISTINCT city FROM branches'],
    ['just the names of the branches', 'SELECT name FROM branches'],
    ['loans since the first of march', /lent_on >= '2025-03-01'/],
  ])('%s', (question, expected) => {
    const made = normal(sqlOf(question));
    if (typeof expected === 'string') assert.equal(made, normal(expected));
    else assert.match(sqlOf(question), expected);
  });

  const overSuperior = (column: string) =>
    `SELECT name FROM employees WHERE employees.${column} > (SELECT superior.${column} FROM employees AS superior WHERE superior.id = employees.manager_id)`;

  it.each([
    ['employees who earn more than their manager', overSuperior('salary')],
    ['names of the employees with a higher salary than their manager', overSuperior('salary')],
    ['employees who are older than their manager', overSuperior('age')],
    [
      'top 2 highest paid engineers',
      "SELECT name, salary FROM employees WHERE job = 'engineer' ORDER BY salary DESC LIMIT 2",
    ],
    ['how many people are there per team', /^SELECT teams\.name, COUNT\(\*\) FROM employees JOIN teams/],
    [
      'number of employees per job and team',
      /^SELECT employees\.job, teams\.name, COUNT\(\*\) FROM employees JOIN teams .* GROUP BY/,
    ],
    [
      'employees with their team',
      'SELECT employees.name, teams.name FROM employees JOIN teams ON employees.team_id = teams.id',
    ],
    ['how many employees have no manager', 'SELECT COUNT(*) FROM employees WHERE manager_id IS NULL'],
    ['job with the highest salary', /^declined: I cannot tell whether salary is to be added up for each job/],
    [
      'the job with the highest total salary',
      'SELECT job FROM employees GROUP BY job ORDER BY SUM(salary) DESC LIMIT 1',
    ],
    [
      'best paid employee in each team',
      'SELECT teams_name, employees_name, salary FROM (SELECT teams.name AS teams_name, employees.name AS employees_name, employees.salary AS salary, RANK() OVER (PARTITION BY teams.name ORDER BY employees.salary DESC) AS place FROM employees JOIN teams ON employees.team_id = teams.id) AS ranked WHERE place <= 1 ORDER BY teams_name, place',
    ],
  ])('of people: %s', (question, expected) => {
    const made = sqlOf(question, STAFF);
    if (typeof expected === 'string') assert.equal(made, expected);
    else assert.match(made, expected);
  });

  it('counts no rows of a thing for each of another that has one of it', () => {
    assert.match(sqlOf('branches per member'), /^declined: Each group would hold one row of branches/);
  });

  it('reads a name of the present, unless the question speaks of the past', () => {
    assert.match(sqlOf('cities of branches'), /^SELECT (?:DISTINCT )?city FROM branches$/);
    assert.match(sqlOf('cities in the branch history'), /branch_history/);
  });
});

describe('a misspelt name', () => {
  it('is read as the one name that is a slip away, says so, and is not posted unasked', () => {
    const made = planned('number of membres by gender');
    assert.ok(made.kind === 'planned');
    assert.equal(made.sql, 'SELECT gender, COUNT(*) FROM members GROUP BY gender');
    assert.ok(made.assumptions.includes('“membres” is read as members.'));
    assert.ok(made.confidence < 0.85);
  });

  it('is declined where it is far from any name', () => {
    assert.match(sqlOf('number of mumbles by gender'), /^declined: I did not understand/);
  });
});

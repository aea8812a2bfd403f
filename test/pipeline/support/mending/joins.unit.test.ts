import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { leaveOutJoins } from '#src/pipeline/support/mending/joins.ts';
import { catalogOf } from '#test/support/catalogs.ts';

const catalog = catalogOf(`
  CREATE TABLE department (id INTEGER PRIMARY KEY, title TEXT);
  CREATE TABLE employee (id INTEGER PRIMARY KEY, name TEXT, salary REAL, department_id INTEGER REFERENCES department (id));
  CREATE TABLE job_history (
    employee_id INTEGER REFERENCES employee (id),
    department_id INTEGER REFERENCES department (id),
    since DATE
  );`);
const without = (sql: string, question: string) => leaveOutJoins(sql, 'sqlite', catalog, question);

describe('joins that nothing needs', () => {
  it.each([
    [
      'of a table that only repeats rows',
      'SELECT e.name FROM employee AS e JOIN job_history AS h ON h.employee_id = e.id WHERE e.salary > 5',
      'SELECT e.name FROM employee AS e  WHERE e.salary > 5',
    ],
    [
      'of a table that comes first',
      'SELECT e.name FROM job_history AS h INNER JOIN employee AS e ON h.employee_id = e.id',
      'SELECT e.name FROM employee AS e',
    ],
    [
      'of a table between two that a key connects',
      `SELECT e.name FROM employee e JOIN job_history h ON e.id = h.employee_id JOIN department d ON h.department_id = d.id WHERE d.title = 'IT'`,
      `SELECT e.name FROM employee e  JOIN department d ON e.department_id = d.id WHERE d.title = 'IT'`,
    ],
    [
      'in a subquery',
      'SELECT title FROM department WHERE id IN (SELECT e.department_id FROM employee e JOIN job_history h ON h.employee_id = e.id)',
      'SELECT title FROM department WHERE id IN (SELECT e.department_id FROM employee e )',
    ],
  ])('are left out: %s', (_, sql, lean) => {
    const made = without(sql, 'employees of the department with their pay');
    assert.deepEqual(made, { sql: lean, leftOut: ['job_history'] });
  });

  it.each([
    [
      'the question names the table',
      'SELECT e.name FROM employee AS e JOIN job_history AS h ON h.employee_id = e.id',
      'Which employees have a history?',
    ],
    [
      'a column of it is shown',
      'SELECT e.name, h.since FROM employee AS e JOIN job_history AS h ON h.employee_id = e.id',
      'employees',
    ],
    [
      'a column of it without its name is compared',
      "SELECT name FROM employee JOIN job_history ON employee_id = employee.id WHERE since > '2020-01-01'",
      'employees',
    ],
    [
      'rows are counted',
      'SELECT count(*) FROM employee AS e JOIN job_history AS h ON h.employee_id = e.id',
      'employees',
    ],
    ['everything is shown', 'SELECT * FROM employee AS e JOIN job_history AS h ON h.employee_id = e.id', 'employees'],
    [
      'it is an outer join',
      'SELECT e.name FROM employee AS e LEFT JOIN job_history AS h ON h.employee_id = e.id',
      'employees',
    ],
    ['a name is wrong', 'SELECT e.wage FROM employee AS e JOIN job_history AS h ON h.employee_id = e.id', 'employees'],
  ])('stay where %s', (_, sql, question) => {
    assert.equal(without(sql, question), undefined);
  });
});

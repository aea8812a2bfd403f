import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import type { TriedCandidate } from '#src/pipeline/stages/refine.ts';
import { groupByResult, isDecided, ranked, type SelectionMode } from '#src/pipeline/stages/select.ts';

/** A query that ran and gave one cell. */
function ran(generator: string, cell: number, more: Partial<TriedCandidate> = {}): TriedCandidate {
  const sql = more.sql ?? `SELECT ${cell}`;
  return {
    generator,
    sql,
    tables: [],
    assumptions: [],
    attempt: {
      kind: 'ran',
      sql: { text: sql } as unknown as ReadOnlySql,
      table: { columns: [{ name: 'n', kind: 'number' }], rows: [[cell]], cellsCut: false, elapsedMs: 1 },
    },
    ...more,
  };
}

const ASKED = { question: 'How many are there?', engine: 'sqlite' } as const;

const cells = (tried: readonly TriedCandidate[], mode: SelectionMode) =>
  groupByResult(tried, { ...ASKED, mode }).map(({ candidates: [first] }) => first?.attempt.table.rows[0]?.[0]);

describe('results are ranked', () => {
  const tried = [ran('planner', 1), ran('plain', 1), ran('plain', 2, { samples: 5 })];

  it('by the samples that have them', () => {
    assert.deepEqual(cells(tried, 'votes'), [2, 1]);
  });

  it('by the generators that have them', () => {
    assert.deepEqual(cells(tried, 'majority'), [1, 2]);
  });

  it('with the likeliest reply as two samples and no vote for the planner', () => {
    assert.deepEqual(cells([ran('plain', 1), ran('plain', 2, { likeliest: true })], 'votes'), [2, 1]);
    assert.deepEqual(cells([ran('planner', 1), ran('plain', 2)], 'votes'), [2, 1]);
    assert.deepEqual(cells([ran('planner', 1), ran('plain', 2), ran('plain', 2)], 'votes'), [2, 1]);
  });

  it('after those with rows, and after those that answer to the question’s words', () => {
    const empty = ran('plain', 1, { samples: 4 });
    assert.ok(empty.attempt.kind === 'ran');
    const nothing = { ...empty, attempt: { ...empty.attempt, table: { ...empty.attempt.table, rows: [] } } };
    assert.deepEqual(cells([nothing, ran('plain', 2)], 'votes'), [2, undefined]);
    const total = { ...empty, attempt: { ...empty.attempt, table: { ...empty.attempt.table, rows: [[null]] } } };
    assert.deepEqual(cells([total, ran('planner', 2)], 'votes'), [2, null], 'a total of no rows is nothing');
    const asked = { question: 'What does one cost on average?', engine: 'sqlite', mode: 'votes' } as const;
    const made = groupByResult(
      [ran('plain', 1, { samples: 4 }), ran('plain', 2, { sql: 'SELECT avg(price) FROM product' })],
      asked,
    );
    assert.deepEqual(
      made.map(({ unanswered, candidates: [first] }) => [unanswered, first?.attempt.table.rows[0]?.[0]]),
      [
        [0, 2],
        [1, 1],
      ],
    );
  });
});

describe('results that were looked at closer are ranked', () => {
  const cellsOf = (groups: ReturnType<typeof ranked>) =>
    groups.map(({ candidates: [first] }) => first?.attempt.table.rows[0]?.[0]);
  const [more, less] = groupByResult([ran('plain', 1, { samples: 2 }), ran('plain', 2)], { ...ASKED, mode: 'votes' });
  assert.ok(more && less);

  it('by votes, where nothing was told of them', () => {
    assert.deepEqual(cellsOf(ranked([less, more], { mode: 'votes' })), [1, 2]);
  });

  it('after those against which the database says nothing, whatever their votes', () => {
    assert.deepEqual(cellsOf(ranked([{ ...more, faults: ['not-stored'] }, less], { mode: 'votes' })), [2, 1]);
  });

  it('by votes and the verifier together', () => {
    assert.deepEqual(
      cellsOf(
        ranked(
          [
            { ...more, verified: 0.1 },
            { ...less, verified: 0.9 },
          ],
          { mode: 'votes' },
        ),
      ),
      [2, 1],
    );
    assert.deepEqual(
      cellsOf(
        ranked(
          [
            { ...more, verified: 0.5 },
            { ...less, verified: 0.6 },
          ],
          { mode: 'votes' },
        ),
      ),
      [1, 2],
    );
  });

  it('by how likely their replies were, only where that is asked for', () => {
    const [even, likely] = groupByResult([ran('plain', 1, { logprob: -2 }), ran('plain', 2, { logprob: -0.1 })], {
      ...ASKED,
      mode: 'votes',
    });
    assert.ok(even && likely);
    const cell = (kinds: readonly 'likelihood'[]) =>
      cellsOf(ranked([even, likely], { mode: 'votes', kinds: new Set(kinds) }))[0];
    assert.deepEqual([cell([]), cell(['likelihood'])], [1, 2]);
  });
});

it('a query that joins what nothing needs gives way to the one without', () => {
  const joined = ran('plain', 1, { sql: 'SELECT 1 FROM a JOIN b' });
  const lean = ran('plain', 2, { sql: 'SELECT 1 FROM a', mends: joined.sql, mendedBy: ['joins'], leftOut: ['b'] });
  assert.deepEqual(cells([joined, lean], 'votes'), [2]);
});

describe('a vote is decided', () => {
  const groups = (...samples: number[]) =>
    groupByResult(
      samples.map((count, at) => ran('plain', at, { samples: count })),
      { ...ASKED, mode: 'votes' },
    );

  it.each([
    ['when the lead is greater than what is left', [5, 1], 3, true],
    ['not while what is left can draw level with it', [5, 2], 3, false],
    ['when all agree and what is left can only draw level', [4], 4, true],
    ['not while what is left can outnumber all that agree', [4], 5, false],
    ['not when nothing is left to ask', [4, 1], 0, false],
  ] as const)('%s', (_, samples, left, decided) => {
    assert.equal(isDecided(groups(...samples), left), decided);
  });

  it('not while the leading result has no rows, which any that has some goes before', () => {
    const empty = [0, 0, 0, 0].map((cell) => {
      const { attempt, ...one } = ran('plain', cell);
      if (attempt.kind !== 'ran') throw new Error('it ran');
      return { ...one, attempt: { ...attempt, table: { ...attempt.table, rows: [] } } };
    });
    assert.equal(isDecided(groupByResult(empty, { ...ASKED, mode: 'votes' }), 3), false);
  });

  it('not while the leading query leaves a word of the question unanswered', () => {
    const asked = { question: 'What is the average price?', engine: 'sqlite', mode: 'votes' } as const;
    const of = (sql: string) =>
      groupByResult(
        [0, 0, 0, 0].map((cell) => ran('plain', cell, { sql })),
        asked,
      );
    assert.deepEqual(
      ['SELECT price FROM item', 'SELECT AVG(price) FROM item'].map((sql) => isDecided(of(sql), 3)),
      [false, true],
    );
  });
});

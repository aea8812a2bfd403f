import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import { COMPANY } from '#src/demo/company.ts';
import {
  type CompanyQuestion,
  HALVES,
  keysOf,
  readCompanyQuestions,
  readCompanyThreads,
  skeletonOf,
  splitByKeys,
} from '#src/evaluation/data/company-questions.ts';

const readme = readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8');
const byHalf = HALVES.map((half) => ({
  half,
  questions: readCompanyQuestions(half),
  threads: readCompanyThreads(half),
}));
const questions = byHalf.flatMap((one) => one.questions);
const own = questions.filter(({ kind }) => kind !== 'example');
const threads = byHalf.flatMap((one) => one.threads);

const goldOf = (one: CompanyQuestion) =>
  'gold' in one ? one.gold : 'readings' in one ? one.readings.flatMap(({ gold }) => gold) : [];

/** A row of the README's table of counts. */
const counted = (name: string) =>
  new RegExp(`^\\| ${name} \\| (\\d+) \\| (\\d+) \\|`, 'm').exec(readme)?.slice(1).map(Number);

describe('the questions of the company', () => {
  it('are at least 400, with 100 threads, of eight departments and all databases', () => {
    assert.ok(own.length >= 400 && threads.length >= 100);
    assert.equal(new Set(own.map(({ department }) => department)).size, 8);
    const asked = new Set(own.flatMap((one) => ('database' in one ? [one.database] : [])));
    assert.deepEqual([...asked].sort(), COMPANY.map(({ id }) => id).sort());
  });

  it.each([
    ['unanswerable', 30],
    ['out of domain', 20],
    ['catalogue', 15],
    ['ambiguous', 25],
  ] as const)('hold %s ones, %i at least', (kind, least) => {
    assert.ok(own.filter((one) => one.kind === kind).length >= least);
  });

  it('have ids of their own, and no question is asked twice', () => {
    const ids = [...questions, ...threads].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const texts = questions.map(({ question }) =>
      question
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
    );
    assert.deepEqual(
      texts.filter((text, at) => texts.indexOf(text) !== at),
      [],
    );
  });

  it('are as many as the README says', () => {
    const kinds = [...new Set(own.map(({ kind }) => kind))];
    for (const kind of kinds)
      assert.deepEqual(
        counted(kind),
        byHalf.map((one) => one.questions.filter((question) => question.kind === kind).length),
        kind,
      );
    const ownOf = (one: (typeof byHalf)[number]) => one.questions.filter(({ kind }) => kind !== 'example');
    assert.deepEqual(
      counted('all'),
      byHalf.map((one) => ownOf(one).length),
    );
    assert.deepEqual(
      counted('threads'),
      byHalf.map((one) => one.threads.length),
    );
    assert.deepEqual(
      counted('gold queries'),
      byHalf.map(
        (one) =>
          ownOf(one).flatMap(goldOf).length +
          one.threads.flatMap(({ turns }) => turns.flatMap(({ gold }) => gold)).length,
      ),
    );
  });
});

describe('the split', () => {
  it('puts no skeleton into both halves, in questions and threads alike', () => {
    const [tuning, reporting] = byHalf.map((one) => new Set([...one.questions, ...one.threads].flatMap(keysOf)));
    assert.deepEqual(
      [...reporting!].filter((key) => tuning!.has(key)),
      [],
    );
  });

  it('is what the keys give, for every line', () => {
    const all = byHalf.flatMap(({ half, ...one }) =>
      [...one.questions, ...one.threads].map((line) => ({ half, line })),
    );
    const given = splitByKeys(all.map(({ line }) => line));
    assert.deepEqual(
      all.filter(({ half }, at) => given[at] !== half).map(({ line }) => line.id),
      [],
    );
  });

  it('takes queries for one skeleton that differ in values, aliases and case alone', () => {
    const first = skeletonOf(
      'sales',
      "SELECT c.name FROM customers AS c WHERE c.country IN ('Norway', 'Spain') LIMIT 5",
    );
    const second = skeletonOf('sales', "select x.name from customers as x where x.country in ('Italy') limit 10");
    assert.equal(first, second);
    assert.notEqual(first, skeletonOf('support', "SELECT name FROM customers WHERE country IN ('Norway') LIMIT 5"));
    assert.notEqual(
      first,
      skeletonOf('sales', "SELECT c.city FROM customers AS c WHERE c.country IN ('Norway') LIMIT 5"),
    );
  });
});

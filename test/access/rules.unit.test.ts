import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { accessViewFor } from '#src/access/access-view.ts';
import { checkRules } from '#src/access/check-rules.ts';
import { narrowCatalog } from '#src/access/narrow-catalog.ts';
import { readConfigFile } from '#src/config/declared.ts';
import { type AccessRule, withRule } from '#src/domain/access.ts';
import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { readRuleEnd } from '#src/domain/rule-end.ts';
import { sayRule } from '#src/domain/say-rule.ts';

const column = (name: string): Column => ({
  name,
  type: 'TEXT',
  kind: 'text',
  nullable: true,
  values: [],
  valuesComplete: false,
});
const table = (name: string, columns: string[], more: Partial<Table> = {}): Table => ({
  schema: 'public',
  name,
  kind: 'table',
  columns: columns.map(column),
  primaryKey: ['id'],
  foreignKeys: [],
  ...more,
});
const shop: DatabaseCatalog = {
  databaseId: 'shop',
  engine: 'postgres',
  serverVersion: '18',
  tables: [
    table('orders', ['id', 'person_id', 'amount'], {
      rowSecurity: true,
      foreignKeys: [{ columns: ['person_id'], targetSchema: 'public', targetTable: 'people', targetColumns: ['id'] }],
    }),
    table('people', ['id', 'name', 'wage']),
    { ...table('orders', ['id', 'secret']), schema: 'archive' },
  ],
  warnings: [],
};
const NOW = new Date('2026-03-10T12:00:00Z');
const everyone = { kind: 'everyone' } as const;
const grant = (more: Partial<AccessRule> = {}): AccessRule => ({
  effect: 'grant',
  databaseId: 'shop',
  to: everyone,
  ...more,
});
const deny = (more: Partial<AccessRule> = {}): AccessRule => ({ ...grant(more), effect: 'deny' });
const reader = { teamId: 'T1', userId: 'U1' };
const tablesSeen = (...rules: AccessRule[]) => accessViewFor(shop, rules, reader, NOW)?.tables ?? [];

describe('the rules', () => {
  it('keep what is kept from a group of which nobody knows who is in it, and grant by it nothing', () => {
    const to = { kind: 'group', id: 'S1' } as const;
    const unsure = { ...reader, unknownGroups: ['S1'] };
    assert.equal(accessViewFor(shop, [grant({ to })], unsure, NOW), undefined);
    assert.ok(accessViewFor(shop, [grant()], unsure, NOW));
    assert.equal(accessViewFor(shop, [grant(), deny({ to })], unsure, NOW), undefined);
    assert.ok(accessViewFor(shop, [grant(), deny({ to })], reader, NOW));
  });

  it('show nothing without a grant, and a bare name means the standard schema', () => {
    assert.deepEqual(tablesSeen(), []);
    assert.deepEqual(tablesSeen(deny()), []);
    assert.deepEqual(tablesSeen(grant({ tables: ['orders'] })), ['public.orders']);
    assert.deepEqual(tablesSeen(grant({ tables: ['archive.orders'] })), ['archive.orders']);
  });

  it('of which the stricter wins', () => {
    assert.deepEqual(tablesSeen(grant(), deny({ tables: ['people'] })), ['public.orders', 'archive.orders']);
    const view = accessViewFor(shop, [grant(), grant({ hide: { people: ['wage'] } })], reader, NOW);
    assert.deepEqual(view?.hiddenColumns, { 'public.people': ['wage'] });
    assert.deepEqual(tablesSeen(grant(), deny({ hide: { people: ['wage'] } })).length, 3);
  });

  it('hide a column wherever it stands, whichever tables the hiding grant names', () => {
    const hidden = accessViewFor(
      shop,
      [grant({ tables: ['orders'], hide: { people: ['wage'] } }), grant({ tables: ['people'] })],
      reader,
      NOW,
    );
    assert.deepEqual(hidden?.hiddenColumns, { 'public.people': ['wage'] });
    const rowsOfTheirOwn = [grant({ tables: ['orders'], ownRows: ['people'] }), grant({ tables: ['people'] })];
    assert.deepEqual(tablesSeen(...rowsOfTheirOwn), ['public.orders']);
  });

  it('add up for somebody who is several readers, until one denies', () => {
    const mine = { kind: 'user', id: 'U1' } as const;
    const hidden = (...rules: AccessRule[]) => accessViewFor(shop, rules, reader, NOW)?.hiddenColumns ?? {};
    const few = grant({ hide: { people: ['wage'] } });
    assert.deepEqual(hidden(few, grant({ to: mine, tables: ['people'] })), {});
    assert.deepEqual(hidden(few, grant({ to: mine, tables: ['orders'] })), { 'public.people': ['wage'] });
    const denied = deny({ hide: { people: ['wage'] } });
    assert.deepEqual(hidden(few, grant({ to: mine }), denied), { 'public.people': ['wage'] });
  });

  it('give rows by asker only where the engine keeps them apart', () => {
    assert.deepEqual(tablesSeen(grant({ tables: ['orders', 'people'], ownRows: ['orders', 'people'] })), [
      'public.orders',
    ]);
  });

  it('leave nothing of what is hidden in the catalog that is read', () => {
    const view = accessViewFor(shop, [grant({ tables: ['orders'] })], reader, NOW)!;
    assert.deepEqual(narrowCatalog(shop, view).tables[0]!.foreignKeys, []);
    const hiding = accessViewFor(shop, [grant({ hide: { people: ['id', 'wage'] } })], reader, NOW)!;
    const people = narrowCatalog(shop, hiding).tables[1]!;
    assert.deepEqual(
      people.columns.map(({ name }) => name),
      ['name'],
    );
    assert.deepEqual(people.primaryKey, []);
    assert.deepEqual(narrowCatalog(shop, hiding).tables[0]!.foreignKeys, []);
  });

  it('are told when they name what is not there, or contradict each other', () => {
    const odd = (...rules: AccessRule[]) => checkRules(rules, [shop], NOW).join('\n');
    assert.match(odd(grant({ tables: ['gone'] })), /names the table gone, which shop does not have/);
    assert.match(odd(grant({ hide: { people: ['gone'] } })), /hides people.gone/);
    assert.match(
      odd(grant(), deny({ tables: ['people'] })),
      /public.people of shop is both granted and denied .* the deny wins/,
    );
    assert.match(odd(grant(), grant({ hide: { people: ['wage'] } })), /what either hides is hidden/);
    assert.match(odd(grant({ ownRows: ['people'] })), /no row policy on it: the table is refused/);
    assert.match(odd({ ...grant(), databaseId: 'other' }), /not indexed/);
    assert.equal(odd(grant({ tables: ['orders'] })), '');
  });
});

describe('a rule with an end', () => {
  const over = '2026-03-10T12:00:00.000Z';
  const ahead = '2026-03-10T12:00:00.001Z';

  it('is as if it were not there from its end on', () => {
    assert.equal(tablesSeen(grant({ until: ahead })).length, 3);
    assert.deepEqual(tablesSeen(grant({ until: over })), []);
    assert.deepEqual(tablesSeen(grant({ until: 'soon' })), [], 'what cannot be read grants nothing');
    assert.equal(tablesSeen(grant(), deny({ until: over })).length, 3);
    assert.deepEqual(
      checkRules([grant(), deny({ until: over }), grant({ tables: ['gone'], until: over })], [shop], NOW),
      [],
    );
  });

  it('takes nothing from one that lasts longer', () => {
    const [week, month, ever] = [grant({ until: ahead }), grant({ until: '2026-04-10T12:00:00.000Z' }), grant()];
    assert.deepEqual(withRule([week], month), [month]);
    assert.deepEqual(withRule([month], week), [month]);
    assert.deepEqual(withRule([ever], week), [ever]);
    assert.deepEqual(withRule([month], ever), [ever]);
    const other = grant({ tables: ['orders'] });
    assert.deepEqual(withRule([other, week], ever), [other, ever]);
  });

  it.each([
    ['7d', '2026-03-17T12:00:00.000Z'],
    ['2026-03-10', '2026-03-10T23:59:59.999Z'],
    ['2026-03-11T09:00:00+02:00', '2026-03-11T07:00:00.000Z'],
    ['2026-03-09', undefined],
    ['0d', undefined],
    ['2026-02-30', undefined],
    ['tomorrow', undefined],
    ['2026-03-11T09:00:00', undefined],
  ])('may be written as %s', (written, end) => {
    assert.equal(readRuleEnd(written, NOW), end);
  });

  it('is told with its end', () => {
    assert.equal(sayRule(grant({ until: ahead }), NOW), 'everyone may ask shop, until 2026-03-10 12:00 UTC');
    assert.equal(sayRule(grant({ until: over }), NOW), 'everyone may ask shop, ended 2026-03-10 12:00 UTC');
  });
});

describe('querent.config.yaml', () => {
  const read = (text: string) => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-config-')), 'querent.config.yaml');
    writeFileSync(file, text);
    const declared = readConfigFile(file);
    return declared.ok ? declared.value : sayFailure(declared.failure);
  };

  it('declares databases and rules', () => {
    const declared = read(`version: 1
databases:
  - name: shop
    url: postgres://reader@db.example.com/shop
    password: env:SHOP_PASSWORD
    grant:
      - to: everyone
        tables: [orders]
      - { to: "group:S1", hide: { people: [wage] } }
      - { to: user:U2, until: 2026-12-31 }
    deny:
      - to: user:U9
`);
    assert.ok(Array.isArray(declared), String(declared));
    assert.deepEqual(declared[0]!.rules, [
      { ...grant({ tables: ['orders'] }) },
      { effect: 'grant', databaseId: 'shop', to: { kind: 'group', id: 'S1' }, hide: { people: ['wage'] } },
      { effect: 'grant', databaseId: 'shop', to: { kind: 'user', id: 'U2' }, until: '2026-12-31T23:59:59.999Z' },
      { effect: 'deny', databaseId: 'shop', to: { kind: 'user', id: 'U9' } },
    ]);
  });

  it.each([
    [
      'version: 1\ndatabases:\n  - name: shop\n    url: postgres://u:pa55@h/d\n',
      /line 4: databases.0.url holds a password/,
    ],
    [
      'version: 1\ndatabases:\n  - name: shop\n    url: sqlite:x\n    grant:\n      - to: nobody\n',
      /line 6: .*to is everyone, user:ID/,
    ],
    ['version: 1\ndatabases:\n  - name: shop\n    url: sqlite:x\n    unsafe: true\n', /line \d: .*unsafe/i],
    ['version: 2\ndatabases: []\n', /line 1: version must be 1/],
    ['version: 1\n  databases: [\n', /line \d/],
    [
      'version: 1\ndatabases:\n  - {name: a, url: "sqlite:x"}\n  - {name: a, url: "sqlite:y"}\n',
      /two databases are named a/,
    ],
    [
      'version: 1\ndatabases:\n  - {name: a, url: "sqlite:x", password: pa55word}\n',
      /password is env:NAME, file:PATH or sealed/,
    ],
    [
      'version: 1\ndatabases:\n  - name: a\n    url: sqlite:x\n    column-roles:\n      orders.total: measure\n',
      /line 6: databases\.0\.column-roles\.orders\.total is "measure", which is none of key, reference, additive measure, /,
    ],
    [
      'version: 1\ndatabases:\n  - name: a\n    url: sqlite:x\n    column-roles:\n      total: other measure\n',
      /line 6: .*total is no column: it is written table\.column/,
    ],
  ])('with a fault is told with its line: %s', (text, sentence) => {
    const said = read(text);
    assert.equal(typeof said, 'string');
    assert.match(String(said), sentence);
    assert.doesNotMatch(String(said), /pa55/);
  });
});

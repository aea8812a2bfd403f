import assert from 'node:assert/strict';
import { it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { titled, titlesOf, untitled } from '#src/evaluation/data/add-titles.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const bare = bareCatalog('shop', ['cust: id, nm']);
const [cust] = bare.tables;
const plain: DatabaseCatalog = {
  ...bare,
  tables: [
    { ...cust!, title: 'customer', columns: cust!.columns.map((one) => ({ ...one, title: `the ${one.name}` })) },
  ],
};

it('indexes identifiers alone once plain-English names are left out, and says which it is', () => {
  assert.equal(titlesOf([bare, plain]), 'plain');
  assert.equal(titlesOf([untitled(plain)]), 'names');
  assert.deepEqual(untitled(plain), bare);
});

it('says that plain-English names are indexed where columns alone have them', () => {
  const { title: _, ...table } = plain.tables[0]!;
  assert.equal(titlesOf([{ ...plain, tables: [table] }]), 'plain');
});

it('puts the names back that it left out', () => assert.deepEqual(titled(untitled(plain), [plain]), plain));

import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';

const column = (name: string, kind: Column['kind'], more: Partial<Column> = {}): Column => ({
  name,
  type: kind,
  kind,
  nullable: true,
  values: [],
  valuesComplete: false,
  ...more,
});

const table = (name: string, columns: readonly Column[], more: Partial<Table> = {}): Table => ({
  name,
  kind: 'table',
  columns,
  primaryKey: ['id'],
  foreignKeys: [],
  ...more,
});

/** A small catalog for the tests of EDL: books, their authors, and loans with comments of their own. */
export const library: DatabaseCatalog = {
  databaseId: 'library',
  engine: 'sqlite',
  serverVersion: '',
  warnings: [],
  tables: [
    table('author', [column('id', 'number'), column('name', 'text'), column('country', 'text')]),
    table(
      'book',
      [
        column('id', 'number'),
        column('author_id', 'number'),
        column('title', 'text'),
        column('kind', 'text'),
        column('pages', 'number'),
        column('price', 'number', { comment: 'Shelf price' }),
        column('sold_on', 'date'),
      ],
      { foreignKeys: [{ columns: ['author_id'], targetTable: 'author', targetColumns: ['id'] }] },
    ),
    table(
      'loan',
      [column('id', 'number'), column('book_id', 'number'), column('due', 'date', { comment: 'Day to bring it back' })],
      {
        comment: 'Books lent out',
        foreignKeys: [{ columns: ['book_id'], targetTable: 'book', targetColumns: ['id'] }],
      },
    ),
  ],
};

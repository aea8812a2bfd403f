import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';

/** Stored with an index: texts of two versions are not compared. Raise it with every change below. */
export const TEXT_VERSION = 1;

/** Columns named in a table's sentence; the encoder reads about 128 tokens. */
const COLUMNS_IN_SENTENCE = 24;

const readable = (named: { readonly name: string; readonly title?: string }) =>
  splitIdentifier(named.title ?? named.name).join(' ');

const cut = (text: string | undefined) => (text ? text.slice(0, 200) : '');

/** What is embedded for a table: its name, its database, its comment and the names of its columns. */
export function tableSentence(table: Table, databaseName: string): string {
  const columns = table.columns.slice(0, COLUMNS_IN_SENTENCE).map(readable).join(', ');
  const comment = cut(table.comment);
  return `${readable(table)} of ${splitIdentifier(databaseName).join(' ')}${comment ? `. ${comment}` : ''}: ${columns}`;
}

/** What is embedded for a column: its own words only, so that equal columns share one vector. */
export function columnSentence(column: Column): string {
  const comment = cut(column.comment);
  return comment ? `${readable(column)}. ${comment}` : readable(column);
}

/** What is embedded for a database: its name, its description and its tables. */
export function databaseSentence(catalog: DatabaseCatalog, name: string): string {
  const tables = catalog.tables.slice(0, 40).map(readable).join(', ');
  const description = cut(catalog.description);
  return `${splitIdentifier(name).join(' ')}${description ? `. ${description}` : ''}: ${tables}`;
}

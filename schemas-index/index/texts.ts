import type { Column, Table } from '#src/domain/catalog.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { TableGroup } from './schema-index.ts';

/** Stored with an index and what is published of it: those of two versions are not compared. Raise it with every change below. */
export const TEXT_VERSION = 4;

const TABLES_IN_SENTENCE = 40;

const readable = (named: { readonly name: string; readonly title?: string }) =>
  splitIdentifier(named.title ?? named.name).join(' ');

const cut = (text: string | undefined) => (text ? text.slice(0, 200) : '');

/** What is embedded for a table itself: its name, its database and its comment. Its columns have vectors of their own. */
export function tableText(table: Table, databaseName: string): string {
  const comment = cut(table.comment);
  return `${readable(table)} of ${splitIdentifier(databaseName).join(' ')}${comment ? `. ${comment}` : ''}`;
}

/** What is embedded for a column: its own words only, so that equal columns share one vector. */
export function columnSentence(column: Column): string {
  const comment = cut(column.comment);
  return comment ? `${readable(column)}. ${comment}` : readable(column);
}

/** What is embedded for a group: its database's name and description, and its tables. */
export function groupSentence({ database: { catalog }, tables }: TableGroup): string {
  const names = tables.slice(0, TABLES_IN_SENTENCE).map(({ table }) => readable(table));
  const description = cut(catalog.description);
  const name = splitIdentifier(catalog.title ?? catalog.databaseId).join(' ');
  return `${name}${description ? `. ${description}` : ''}: ${names.join(', ')}`;
}

import { makeExample } from '#src/pipeline/support/examples/make-example.ts';
import type { Example } from '#src/ports/example-bank.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

const catalog = bareCatalog('library', [
  'author: id, name, country, born',
  'book: id, author_id, title, kind, price, pages',
  'loan: id, book_id, reader_id, lent_on',
  'reader: id, name, city',
]);

/** A small bank of our own, so that the few-shot generator takes part in the recorded runs. */
export const EXAMPLES: readonly Example[] = [
  ['How many different kinds of book are there?', 'SELECT COUNT(DISTINCT kind) FROM book'],
  [
    'What are the names of authors who wrote more than 3 books?',
    'SELECT a.name FROM author AS a JOIN book AS b ON b.author_id = a.id GROUP BY a.id, a.name HAVING COUNT(*) > 3',
  ],
  [
    'Which author has the most books? List the name and the number of books.',
    'SELECT a.name, COUNT(*) FROM author AS a JOIN book AS b ON b.author_id = a.id GROUP BY a.id, a.name ORDER BY COUNT(*) DESC LIMIT 1',
  ],
  [
    'What are the titles of the books that nobody lent?',
    'SELECT title FROM book WHERE id NOT IN (SELECT book_id FROM loan)',
  ],
  [
    "How many loans of books of the kind 'novel' are there?",
    "SELECT COUNT(*) FROM loan AS l JOIN book AS b ON l.book_id = b.id WHERE b.kind = 'novel'",
  ],
  [
    'What is the average price of books for each country of their authors?',
    'SELECT a.country, AVG(b.price) FROM book AS b JOIN author AS a ON b.author_id = a.id GROUP BY a.country',
  ],
].flatMap(([question, sql]) => makeExample({ question: question!, sql: sql!, verified: false }, catalog) ?? []);

import type { ChatMessage } from '#src/domain/chat.ts';
import { ddlText } from '#src/domain/ddl.ts';
import { asData, type MSchema, mSchemaText } from '#src/domain/m-schema.ts';
import type { PromptStyle } from './prompt-style.ts';
import { type AskedQuestion, engineName, knownLines, saidWrong } from './question-block.ts';
import type { SqlExample } from './write-sql.ts';

const TURNS_SHOWN = 3;

/** A schema for examples of what is wanted. */
export const WORKED_SCHEMA = `CREATE TABLE author (
  id INTEGER PRIMARY KEY,
  name TEXT,
  country TEXT
);

CREATE TABLE book (
  id INTEGER PRIMARY KEY,
  author_id INTEGER,
  title TEXT,
  kind TEXT,
  year INTEGER,
  sold INTEGER,
  FOREIGN KEY (author_id) REFERENCES author (id)
);`;

/** Each shows a habit that small models lack: no join that is not needed, absence, both of two, the most, a bound on groups, an average. */
const WORKED: readonly ChatMessage[] = [
  ['How many different kinds of books are there?', 'SELECT COUNT(DISTINCT kind) FROM book'],
  [
    'Names of the authors without any novel, in alphabetical order',
    "SELECT name FROM author WHERE id NOT IN (SELECT author_id FROM book WHERE kind = 'novel') ORDER BY name",
  ],
  [
    'Which author has written the most books? Give the name and the number of books.',
    'SELECT a.name, COUNT(*) FROM author AS a JOIN book AS b ON b.author_id = a.id GROUP BY a.id, a.name ORDER BY COUNT(*) DESC LIMIT 1',
  ],
  [
    'Show the years in which both a novel and a play came out.',
    "SELECT year FROM book WHERE kind = 'novel' INTERSECT SELECT year FROM book WHERE kind = 'play'",
  ],
  [
    'What are the titles and years of the books that sold more than the average?',
    'SELECT title, year FROM book WHERE sold > (SELECT AVG(sold) FROM book)',
  ],
  ['Which countries have at least three authors?', 'SELECT country FROM author GROUP BY country HAVING COUNT(*) >= 3'],
].flatMap(([question, sql], at): ChatMessage[] => [
  { role: 'user', content: `${at ? '' : `${WORKED_SCHEMA}\n\n`}Question: ${question}` },
  { role: 'assistant', content: `\`\`\`sql\n${sql}\n\`\`\`` },
]);

/**
 * The simplest prompt that could work, against which every other must earn its place: two sentences, the schema, the
 * thread if there is one, and the question last, so that a server that remembers how prompts begin reads the schema once.
 * Examples are turns: those of other databases before the schema, those of this one after it, for they change with every question.
 */
export function writePlainPrompt(
  schema: MSchema,
  asked: AskedQuestion,
  style: PromptStyle,
  examples: readonly SqlExample[] = [],
): ChatMessage[] {
  const { text, hint, engine, earlier } = asked;
  const turns = earlier
    .slice(-TURNS_SHOWN)
    .map(
      (turn) =>
        `Question: ${asData(turn.text)}${turn.sql ? `\nQuery${saidWrong(turn.wrong)}: ${asData(turn.sql)}` : ''}`,
    );
  const shown = [
    ...(style.twice ? [`Question: ${asData(text)}`] : []),
    style.schema === 'ddl' ? ddlText(schema, style) : mSchemaText(schema, { style: 'linked', examples: style.values }),
  ];
  const own = examples.filter((one) => one.own);
  const user = [
    ...(own.length ? [] : shown),
    ...(turns.length ? [`Earlier:\n${turns.join('\n')}`] : []),
    ...(style.named ? knownLines(asked) : []),
    ...(hint ? [`Hint: ${asData(hint)}`] : []),
    `Question: ${asData(text)}`,
  ];
  return [
    {
      role: 'system',
      content: `You write one ${engineName(engine)} query that answers the question about the database below. Reply with the query alone, in a \`\`\`sql fence.`,
    },
    ...(style.worked ? WORKED : []),
    ...examples.filter((one) => !one.own).flatMap((one) => answered(one, [asData(one.schema)])),
    ...own.flatMap((one, at) => answered(one, at ? [] : shown)),
    { role: 'user', content: user.join('\n\n') },
  ];
}

/** A question after what it is about, with its query, as turns. */
const answered = ({ question, sql }: SqlExample, above: readonly string[]): readonly ChatMessage[] => [
  { role: 'user', content: [...above, `Question: ${asData(question)}`].join('\n\n') },
  { role: 'assistant', content: `\`\`\`sql\n${asData(sql)}\n\`\`\`` },
];

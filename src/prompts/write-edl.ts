import type { ChatMessage } from '#src/domain/chat.ts';
import { type AskedQuestion, questionBlock } from './question-block.ts';
import { CANNOT_RULE, GROUND_RULES } from './write-sql.ts';

/**
 * Text to EDL (sources.md#text-to-edl). The short way of writing EDL/1: no operator labels, comparison signs for words. It needs no
 * rules about the engine, because a program compiles the steps for it.
 */
const SYSTEM = `You say in numbered EDL steps how to compute the answer to a question about a database.
${GROUND_RULES}
A step continues the one it names; every query ends with one Select.
Also: Left join. Limit #6 to 3. … where [x] is not in the result of #2, is null, contains 'x'. Select distinct [x] in #2. Compute [v] as [x] * 100.0 / sum of [y]. Compute [y] as the year of [d]. Apply INTERSECT to #2 and #4. Apply EXCEPT to #2 and #4.
${CANNOT_RULE}
Reply with the steps in a \`\`\` fence and nothing else.`;

/** Small models learn the form from replies that they seem to have given; told about it, they write SQL (docs/figures.md). */
const SHOWN_SCHEMA = 'author(id, name, country), book(id, author_id, title, kind, publisher, sold)';
const SHOWN = [
  [
    'How many authors are there of each country?',
    `#1. From [author].
#2. Group #1 by [country].
#3. Select [country], count of rows in #2.`,
  ],
  [
    'Which novels sold more than the average book?',
    `#1. From [book].
#2. Select average of [sold] in #1.
#3. From [book].
#4. Keep rows of #3 where [kind] = 'novel' and [sold] > #2.
#5. Select [title] in #4.`,
  ],
  [
    'Authors with two or more novels, the best sold first, and of how many publishers',
    `#1. From [author] as [a].
#2. Join [book] as [b] on [b.author_id] = [a.id].
#3. Keep rows of #2 where [b.kind] = 'novel'.
#4. Group #3 by [a.id], [a.name].
#5. Keep groups of #4 where count of rows >= 2.
#6. Order #5 by sum of [b.sold] descending.
#7. Select [a.name], count of distinct [b.publisher] in #6.`,
  ],
] as const;

export function writeEdlPrompt(schema: string, asked: AskedQuestion): ChatMessage[] {
  return [
    { role: 'system', content: SYSTEM },
    ...SHOWN.flatMap(([question, steps]): ChatMessage[] => [
      { role: 'user', content: `<schema>\n${SHOWN_SCHEMA}\n</schema>\nQuestion: ${question}` },
      { role: 'assistant', content: `\`\`\`\n${steps}\n\`\`\`` },
    ]),
    { role: 'user', content: questionBlock(schema, asked) },
  ];
}

/** The one repair round: what is wrong, by code and step, goes back. */
export function repairEdlPrompt(
  schema: string,
  asked: AskedQuestion,
  edl: string,
  problems: readonly string[],
): ChatMessage[] {
  return [
    ...writeEdlPrompt(schema, asked),
    { role: 'assistant', content: `\`\`\`\n${edl}\n\`\`\`` },
    {
      role: 'user',
      content: `These steps are not right:\n${problems.slice(0, 4).join('\n')}\nReply with all steps, mended, in a \`\`\` fence.`,
    },
  ];
}

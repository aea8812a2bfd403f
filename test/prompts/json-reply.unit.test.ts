import assert from 'node:assert/strict';
import { it } from 'vitest';
import { WrittenQuestion } from '#src/prompts/explore-questions.ts';
import { readJsonReplies } from '#src/prompts/json-reply.ts';

it.each([
  ['{"questions": [{"question": "A?", "evidence": "a"}, {"question": "B?"}]}', ['A?', 'B?']],
  ['Here you are: ```json\n[{"question": "A?"}]\n```', ['A?']],
  ['{"questions": [{"question": "A {1}?"}, {"question": "B? and then it was', ['A {1}?']],
  ['{"question": "A?"} {"answer": 1} {"question": "B?"}', ['A?', 'B?']],
  ['None.', []],
] as const)('%s holds the questions %j', (reply, questions) =>
  assert.deepEqual(
    readJsonReplies(reply, WrittenQuestion).map(({ question }) => question),
    questions,
  ),
);

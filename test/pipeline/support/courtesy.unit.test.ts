import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { readCourtesy } from '#src/pipeline/support/courtesy.ts';

describe('a courtesy', () => {
  it.each([
    ['help', 'help'],
    ['HELP!', 'help'],
    ['What can you do?', 'help'],
    ['hi, what can you do?', 'help'],
    ['@Querent help please', 'help'],
    ['<@U0QUERENT> what can I ask?', 'help'],
    ['thanks', 'thanks'],
    ['Thank you so much!!', 'thanks'],
    ['ok thanks 👍', 'thanks'],
    ['great, thank you :tada:', 'thanks'],
    ['Hello', 'greeting'],
    ['hi querent', 'greeting'],
    ['Good morning!', 'greeting'],
    ['ok', 'assent'],
    ['OK.', 'assent'],
  ])('“%s” is %s', (text, kind) => {
    assert.equal(readCourtesy(text), kind);
  });

  it.each([
    'hello world orders',
    'how many orders are there?',
    'thanks to which campaign did leads come in?',
    'ok orders',
    'help tickets by status',
    'good customers',
    'what can you do about refunds by country',
    'morning shifts',
    'no',
    '?',
  ])('“%s” is none', (text) => {
    assert.equal(readCourtesy(text), undefined);
  });
});

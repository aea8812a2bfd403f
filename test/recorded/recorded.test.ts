import assert from 'node:assert/strict';
import { afterAll, describe, it } from 'vitest';
import { FULL_PIPELINE } from '#src/pipeline/settings.ts';
import { askRecorded, closeRecorded } from './ask-recorded.ts';
import { loadCassette, replay } from './cassette.ts';
import { benchPresent, recordedQuestions } from './questions.ts';

const cassette = loadCassette();
afterAll(closeRecorded);

// The databases are the benchmark's, read in place: set QUERENT_BENCH where they are absent. The replies are a real model’s, its mistakes included.
describe.skipIf(!benchPresent)('the whole pipeline on recorded replies (needs QUERENT_BENCH)', () => {
  const questions = benchPresent ? recordedQuestions() : [];

  it('has a recorded case for each of its questions, over at least eight databases', () => {
    assert.deepEqual(cassette.cases.map(({ id }) => id).sort(), questions.map(({ id }) => id).sort());
    assert.ok(new Set(questions.map(({ databaseId }) => databaseId)).size >= 8);
  });

  it.each(questions)('$id: $text', async (question) => {
    const recorded = cassette.cases.find(({ id }) => id === question.id)!;
    const server = await replay(recorded);
    const { given } = await askRecorded(question, server.models, FULL_PIPELINE);
    await server.stop();
    assert.deepEqual(server.missed, [], `a prompt changed; record again: ${question.id} (npm run record)`);
    if (given.kind !== 'answer') {
      assert.equal(given.kind === 'failure' ? given.failure.kind : given.kind, recorded.answer);
      return;
    }
    assert.equal(given.sql, recorded.answer);
    assert.equal(given.origin.generator, recorded.generator);
    assert.deepEqual(given.edl.missing, []);
  });
});

it('fails with “record again” when a prompt has no recorded reply', async () => {
  const server = await replay({ id: 'some-question', replies: {}, answer: '', generator: '', calls: 0 });
  const reply = await server.models.generator.reply(
    { messages: [{ role: 'user', content: 'a changed prompt' }], temperature: 0, maxTokens: 10 },
    new AbortController().signal,
  );
  await server.stop();
  assert.ok(!reply.ok);
  assert.deepEqual(server.missed, ['record again: some-question']);
});

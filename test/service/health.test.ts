import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { it } from 'vitest';
import { scriptedModel } from '#test/support/scripted-model.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

it('what cannot be checked is told of its part, and the other parts are checked all the same', async () => {
  const script = await scriptedModel(() => 'yes', { probed: true });
  const { home, parts, querent } = await startSmallQuerent({
    environment: { QUERENT_MODEL_URL: script.baseUrl, QUERENT_MODEL_NAME: 'scripted' },
  });
  await parts.store.close();
  await parts.embedder.close();
  mkdirSync(path.join(home, 'model-abilities.json.new')); // what the server can do cannot be kept there
  const found = await querent.health(new AbortController().signal);
  assert.deepEqual(
    found.map(({ part, state }) => `${part}: ${state}`),
    [
      'databases: wrong',
      'access: wrong',
      'audit: ok',
      'index: wrong',
      'embedder: wrong',
      'model server: wrong',
      'prompt style: ok',
      'reranker: off',
      'vector server: off',
    ],
  );
  for (const { state, says } of found) if (state === 'wrong') assert.match(says, /^it could not be checked: .+\.$/);
  await parts.audit.close();
  await script.stop();
});

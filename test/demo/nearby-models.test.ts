import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'vitest';
import { modelAt, nearbyModel } from '#src/demo/nearby-models.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';

it('finds a model server on one of the ports, and takes nothing else for one', async () => {
  const other = createServer((_, response) => response.end('<p>some page</p>'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port: page } = other.address() as AddressInfo;
  const script = await scriptedModel([]);
  const port = Number(new URL(script.baseUrl).port);
  assert.deepEqual(await nearbyModel([1, page, port]), { url: script.baseUrl, name: 'scripted' });
  assert.equal(await nearbyModel([1, page]), undefined);
  assert.deepEqual(await modelAt(script.baseUrl), { url: script.baseUrl, name: 'scripted' });
  assert.deepEqual(script.asked, []);
  await script.stop();
  other.close();
});

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { openModels } from '#adapters/model/open-models.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import { type AskedRequest, json, say } from '#test/support/scripted-model.ts';

const countTokens = openTokenizer();
const usageOf = ({ messages }: AskedRequest, reply: string) => ({
  prompt_tokens: messages.reduce((sum, { content }) => sum + countTokens(content), 0),
  completion_tokens: countTokens(reply),
});

const FILE = path.join(import.meta.dirname, '..', 'fixtures', 'recorded.json');

/** The replies to one question's prompts, and what the pipeline made of them. */
export interface RecordedCase {
  readonly id: string;
  /** Reply by the key of its prompt. */
  readonly replies: Readonly<Record<string, string>>;
  /** SQL of the answer, or the kind of failure. */
  readonly answer: string;
  readonly generator: string;
  readonly calls: number;
}

export interface Cassette {
  /** Who answered: these are not a model's replies, and no accuracy follows from them. */
  readonly answeredBy: string;
  readonly cases: readonly RecordedCase[];
}

export const loadCassette = (): Cassette => JSON.parse(readFileSync(FILE, 'utf8')) as Cassette;

export const saveCassette = (cassette: Cassette): void => writeFileSync(FILE, `${JSON.stringify(cassette, null, 1)}\n`);

/** A prompt's key: any change of its text, however small, is another key. */
export const keyOf = (messages: readonly ChatMessage[], samples = 1): string =>
  createHash('sha256')
    .update(JSON.stringify([messages.map(({ role, content }) => [role, content]), samples]))
    .digest('hex')
    .slice(0, 16);

/** Models whose server replays one recorded case over HTTP; `missed` names the case once a prompt has no recorded reply. */
export async function replay({ id, replies }: RecordedCase) {
  const missed: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as AskedRequest;
    const reply = replies[keyOf(body.messages, body.n)];
    if (reply !== undefined) return say(response, body, reply, 'stop', usageOf(body, reply));
    missed.push(`record again: ${id}`);
    json(response, 404, { error: { message: `record again: ${id}` } });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { models: modelsAt(baseUrl, 'recorded', 5_000), missed, stop: () => stop(server) };
}

/** The models of a server of which nothing is known but that it answers. */
export function modelsAt(baseUrl: string, name: string, timeoutMs: number): ModelRoles {
  return openModels(
    {
      baseUrl,
      name,
      linker: name,
      generator: name,
      refiner: name,
      selector: name,
      adapters: [],
      timeoutMs,
      concurrency: 64,
    },
    '/nonexistent',
    countTokens,
  ).roles;
}

function stop(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

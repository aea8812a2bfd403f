import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { openModels } from '#adapters/model/open-models.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import { FULL_PIPELINE } from '#src/pipeline/settings.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import { type AskedRequest, json, say } from '#test/support/scripted-model.ts';

const countTokens = openTokenizer();
const usageOf = ({ messages }: AskedRequest, reply: string) => ({
  prompt_tokens: messages.reduce((sum, { content }) => sum + countTokens(content), 0),
  completion_tokens: countTokens(reply),
});

/** A reply that is not streamed. */
const whole = (content: string, usage: ReturnType<typeof usageOf>) => ({
  id: 'chat-1',
  created: 0,
  model: 'recorded',
  object: 'chat.completion',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
  usage,
});

const FILE = path.join(import.meta.dirname, '..', 'fixtures', 'recorded.json');

/** The replies to one question's prompts, and what the pipeline made of them. */
export interface RecordedCase {
  readonly id: string;
  /** Replies by the key of their prompt: the likeliest, or the drawn ones in the order of their seeds. */
  readonly replies: Readonly<Record<string, readonly string[]>>;
  /** SQL of the answer, or the kind of failure. */
  readonly answer: string;
  readonly generator: string;
  readonly calls: number;
}

export interface Cassette {
  /** Who answered, with quantisation and the commit whose prompts were asked. */
  readonly answeredBy: string;
  readonly cases: readonly RecordedCase[];
}

export const loadCassette = (): Cassette => JSON.parse(readFileSync(FILE, 'utf8')) as Cassette;

export const saveCassette = (cassette: Cassette): void => writeFileSync(FILE, `${JSON.stringify(cassette, null, 1)}\n`);

/** Where a reply is kept: any change of a prompt's text, however small, is another key; drawn samples are apart from the likeliest reply, by seed. */
export function placeOf({ messages, temperature, seed = 1 }: Pick<AskedRequest, 'messages' | 'temperature' | 'seed'>) {
  const drawn = temperature > 0;
  const texts = messages.map(({ role, content }) => [role, content]);
  const hash = createHash('sha256').update(JSON.stringify([texts, drawn ? FULL_PIPELINE.votes : 1]));
  return { key: hash.digest('hex').slice(0, 16), at: drawn ? seed - 1 : 0 };
}

/** Models whose server replays one recorded case over HTTP; `missed` names the case once a prompt has no recorded reply. */
export async function replay({ id, replies }: RecordedCase) {
  const missed: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as AskedRequest;
    const { key, at } = placeOf(body);
    const reply = replies[key]?.[at];
    if (reply !== undefined) {
      const usage = usageOf(body, reply);
      return body.stream ? say(response, body, reply, 'stop', usage) : json(response, 200, whole(reply, usage));
    }
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

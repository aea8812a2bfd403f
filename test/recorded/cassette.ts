import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { openModels } from '#adapters/model/open-models.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import { FULL_PIPELINE } from '#src/pipeline/settings.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import { type AskedRequest, json, say } from '#test/support/scripted-model.ts';

const countTokens = openTokenizer();
const usageOf = ({ messages }: AskedRequest, texts: readonly string[]) => ({
  prompt_tokens: messages.reduce((sum, { content }) => sum + countTokens(content), 0),
  completion_tokens: texts.reduce((sum, text) => sum + countTokens(text), 0),
});

/** A reply that is not streamed, with all its samples. */
const whole = (texts: readonly string[], usage: ReturnType<typeof usageOf>) => ({
  id: 'chat-1',
  created: 0,
  model: 'recorded',
  object: 'chat.completion',
  choices: texts.map((content, index) => ({ index, finish_reason: 'stop', message: { role: 'assistant', content } })),
  usage,
});

const FILE = path.join(import.meta.dirname, '..', 'fixtures', 'recorded.json');

/** The replies to one question's prompts, and what the pipeline made of them. */
export interface RecordedCase {
  readonly id: string;
  /** Replies by the key of their prompt: one, or each of several samples. */
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

/** A prompt's key: any change of its text, however small, is another key, and so is another number of samples. */
export const keyOf = (messages: readonly ChatMessage[], samples = 1): string =>
  createHash('sha256')
    .update(JSON.stringify([messages.map(({ role, content }) => [role, content]), samples]))
    .digest('hex')
    .slice(0, 16);

/** The replies to a request: all samples of one for several, else the sample of its seed. */
function textsFor(
  { messages, temperature, n, seed }: AskedRequest,
  replies: RecordedCase['replies'],
): readonly string[] {
  const texts = replies[keyOf(messages, temperature > 0 ? FULL_PIPELINE.votes : 1)] ?? [];
  return n === undefined && seed !== undefined ? texts.slice(seed - 1, seed) : texts;
}

/** Models whose server replays one recorded case over HTTP; `missed` names the case once a prompt has no recorded reply. */
export async function replay({ id, replies }: RecordedCase) {
  const missed: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as AskedRequest;
    const texts = textsFor(body, replies);
    const [only] = texts;
    if (only !== undefined) {
      const usage = usageOf(body, texts);
      return body.stream ? say(response, body, only, 'stop', usage) : json(response, 200, whole(texts, usage));
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

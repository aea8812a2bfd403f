import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openOpenAiModel } from '#adapters/model/open-openai-model.ts';
import type { ChatMessage } from '#src/domain/chat.ts';

/** A stand-in for a model server: speaks the chat protocol over HTTP and replies from a list. Nothing in it understands a word. */
export async function scriptedModel(replies: readonly string[]) {
  const asked: { readonly messages: readonly ChatMessage[]; readonly temperature: number }[] = [];
  const left = [...replies];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    asked.push(JSON.parse(text));
    const reply = left.shift();
    response.writeHead(reply === undefined ? 500 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        reply === undefined
          ? { error: { message: 'nothing left to say' } }
          : {
              id: 'chat-1',
              object: 'chat.completion',
              created: 0,
              model: 'scripted',
              choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: reply } }],
              usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
            },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return {
    asked,
    baseUrl,
    model: openOpenAiModel({ baseUrl, model: 'scripted', timeoutMs: 2_000 }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

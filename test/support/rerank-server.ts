import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contentWords } from '#src/domain/words.ts';

export interface RerankRequest {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: {
    readonly model?: string;
    readonly query?: string;
    readonly documents?: readonly string[];
    readonly texts?: readonly string[];
    readonly top_n?: number;
  };
}

export type RerankReply = (request: RerankRequest, response: ServerResponse) => void;

/**
 * A stand-in for a rerank server, on a port of its own: it speaks the shape of Cohere's `POST /rerank`, as vLLM and llama.cpp are documented to, or
 * TEI's, and scores a text by the words that it shares with the question. It is no model, and none of those servers was tried here.
 */
export async function startRerankServer(reply: RerankReply = cohere) {
  const asked: RerankRequest[] = [];
  const server = createServer((incoming, response) => {
    void bodyOf(incoming).then((text) => {
      const request = {
        path: incoming.url ?? '',
        key: incoming.headers.authorization,
        body: JSON.parse(text) as RerankRequest['body'],
      };
      asked.push(request);
      reply(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** The share of the question's words that a text has. */
function relevance(query: string, text: string): number {
  const [words, own] = [[...contentWords(query).keys()], contentWords(text)];
  return words.filter((word) => own.has(word)).length / Math.max(1, words.length);
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Best first, as Cohere orders them: the index says which text a score is of. */
export const cohere: RerankReply = ({ body: { query = '', documents } }, response) => {
  if (!documents) return json(response, { message: 'documents is required' }, 400);
  const results = documents.map((text, index) => ({ index, relevance_score: relevance(query, text) }));
  json(response, { id: 'stand-in', results: results.sort((a, b) => b.relevance_score - a.relevance_score) });
};

export const tei: RerankReply = ({ body: { query = '', texts } }, response) => {
  if (!texts) return json(response, { error: 'missing field `texts`', error_type: 'Validation' }, 422);
  json(
    response,
    texts.map((text, index) => ({ index, score: relevance(query, text) })),
  );
};

/** Scores that are logits, as a server gives them that passes on what the model says. */
export const logits: RerankReply = ({ body: { query = '', documents = [] } }, response) =>
  json(response, {
    results: documents.map((text, index) => ({ index, relevance_score: 10 * relevance(query, text) - 5 })),
  });

import type { ServerResponse } from 'node:http';
import { type AskedRequest, json, type Reply, say, sendDelta, sendPart, startStream } from './scripted-model.ts';

/** The query that an odd model has in mind. */
export const BEST_SQL =
  'SELECT c.name FROM customers AS c JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id, c.name ORDER BY COUNT(*) DESC LIMIT 1';
const FENCED = `\`\`\`sql\n${BEST_SQL}\n\`\`\``;
const LONG_THOUGHTS = 'Each order names its customer, so I would count those. ';

/** A server that replies so, however often it is asked; a fake, as scriptedModel is. */
type Odd = () => Exclude<Reply, string>;

const saying =
  (text: string, finish = 'stop'): Odd =>
  () =>
  (asked, response) =>
    say(response, asked, text, finish);

const refusing = (status: number, message: string, headers?: Record<string, string>) => (response: ServerResponse) =>
  json(response, status, { error: { message, code: status } }, headers);

/** So the first time, and as a good server after it. */
const once =
  (first: (response: ServerResponse) => void): Odd =>
  () => {
    let asks = 0;
    return (asked, response) => {
      asks += 1;
      if (asks === 1) first(response);
      else say(response, asked, FENCED);
    };
  };

const always =
  (reply: (response: ServerResponse) => void): Odd =>
  () =>
  (_, response) =>
    reply(response);

/** A message with its thoughts beside it, in the way that the request asks for. */
function think(response: ServerResponse, asked: AskedRequest, thoughts: string, content: string, finish = 'stop') {
  const message = { role: 'assistant', reasoning_content: thoughts, content };
  if (!asked.stream) return json(response, 200, { choices: [{ index: 0, finish_reason: finish, message }] });
  startStream(response);
  sendDelta(response, { reasoning_content: thoughts });
  if (content) sendPart(response, content);
  sendPart(response, '', finish);
  response.end('data: [DONE]\n\n');
}

/** Pieces of a stream, one after another, until the client goes; then it ends, or says nothing more. */
function streaming(pieces: Iterable<string>, everyMs: number, then: 'finish' | 'end' | 'hang'): Odd {
  return () => (_, response) => {
    startStream(response);
    const left = pieces[Symbol.iterator]();
    const more = setInterval(() => {
      const { value, done } = left.next();
      if (!done) return sendPart(response, value);
      clearInterval(more);
      if (then === 'hang') return;
      if (then === 'finish') sendPart(response, '', 'stop');
      response.end();
    }, everyMs);
    response.on('close', () => clearInterval(more));
  };
}

function* forEver(piece: string) {
  for (;;) yield piece;
}

/** Limit from which a model that thinks comes to its answer. */
const ROOM_TO_THINK = 2_000;

const unlessSystem =
  (message: string): Odd =>
  () =>
  (asked, response) =>
    asked.messages.some(({ role }) => role === 'system')
      ? json(response, 400, { error: { message } })
      : say(response, asked, FENCED);

const WRONG_QUERY = 'SELECT COUNT(*) FROM products';

/** Odd models and servers by what is odd about them, and what their users then read: the answer, or a sentence. */
export const ODD_MODELS: Readonly<Record<string, { readonly odd: Odd; readonly says?: RegExp }>> = {
  'thinks aloud in tags': { odd: saying(`<think>${LONG_THOUGHTS}\n\`\`\`sql\nSELECT 1\n\`\`\`</think>\n${FENCED}`) },
  'thinks beside its answer': { odd: () => (asked, response) => think(response, asked, LONG_THOUGHTS, FENCED) },
  'thinks beyond its limit, beside the answer': {
    odd: () => (asked, response) =>
      Number(asked.max_tokens) < ROOM_TO_THINK
        ? think(response, asked, LONG_THOUGHTS, '', 'length')
        : think(response, asked, LONG_THOUGHTS, FENCED),
  },
  'thinks beyond its limit, in tags': {
    odd: () => (asked, response) =>
      Number(asked.max_tokens) < ROOM_TO_THINK
        ? say(response, asked, `<think>${LONG_THOUGHTS}`, 'length')
        : say(response, asked, `<think>${LONG_THOUGHTS}</think>${FENCED}`),
  },
  'thinks without end': {
    odd: () => (asked, response) => think(response, asked, LONG_THOUGHTS, '', 'length'),
    says: /thought for so long that no answer came/,
  },
  'thinks in circles': {
    odd: () => (_, response) => {
      startStream(response);
      const more = setInterval(() => sendDelta(response, { reasoning_content: LONG_THOUGHTS }), 2);
      response.on('close', () => clearInterval(more));
    },
    says: /thought for so long that no answer came/,
  },
  'has its whole reply taken for thoughts': { odd: () => (asked, response) => think(response, asked, FENCED, '') },
  'has no system role': { odd: unlessSystem('System role not supported') },
  'wants turns that alternate': {
    odd: unlessSystem('Conversation roles must alternate user/assistant/user/assistant/...'),
  },
  'answers in prose': { odd: saying(`You can use ${BEST_SQL}; it names the one with the most orders.`) },
  'answers in capitals, without a fence': { odd: saying(BEST_SQL.toUpperCase()) },
  'writes a second query to check the first': {
    odd: saying(`${FENCED}\nTo see how many there are in all:\n\`\`\`sql\n${WRONG_QUERY}\n\`\`\``),
  },
  'writes two statements at once': {
    odd: saying(`\`\`\`sql\n${BEST_SQL};\n${WRONG_QUERY};\n\`\`\``),
    says: /wrote several queries .* Ask for one thing at a time/,
  },
  'writes one statement twice': { odd: saying(`\`\`\`sql\n${BEST_SQL};\n${BEST_SQL};\n\`\`\``) },
  'is sorry': { odd: saying('I am sorry, but I cannot help with that.'), says: /wrote no query .* Ask in other words/ },
  'writes a program': { odd: saying(`\`\`\`python\nrows = db.execute("""${BEST_SQL}""")\n\`\`\``) },
  'writes JSON': { odd: saying(JSON.stringify({ sql: BEST_SQL })) },
  'never closes its fence': { odd: saying(`\`\`\`sql\n${BEST_SQL}`) },
  'explains itself in a fence that it never closes': {
    odd: saying(`\`\`\`sql\n${BEST_SQL}\n\nThis counts the orders.`),
  },
  'explains itself afterwards': { odd: saying(`${FENCED}\nThis joins both tables and counts.`) },
  'writes for a page': {
    odd: saying('```sql\nSELECT name FROM customers WHERE id &lt; 2 AND name = &#39;Ada&#39;\n```'),
  },
  'typesets its quotes': { odd: saying('```sql\nSELECT name FROM customers WHERE name = ‘Ada’\n```') },
  'writes MySQL': { odd: saying('```sql\nSELECT `name` FROM `customers` LIMIT 1\n```') },
  'writes SQL Server': {
    odd: saying('```sql\nSELECT TOP 1 name FROM customers\n```'),
    says: /Try asking in another way/,
  },
  'repeats itself for ever': {
    odd: streaming(forEver('AND a.b NOT IN (SELECT b FROM c) '), 2, 'hang'),
    says: /wrote no query/,
  },
  'is slow': { odd: streaming(FENCED.match(/[\s\S]{1,20}/g) ?? [], 30, 'finish') },
  'stalls once it has all': { odd: streaming([FENCED], 5, 'hang') },
  'stalls in the middle': { odd: streaming(['```sql\nSELECT c.na'], 5, 'hang'), says: /took too long/ },
  'says nothing': { odd: always(() => undefined), says: /took too long/ },
  'ends in the middle': { odd: streaming(['```sql\nSELECT c.na'], 5, 'end'), says: /wrote no query/ },
  'refuses several samples': {
    odd: () => (asked, response) =>
      asked.n === undefined ? say(response, asked, FENCED) : refusing(400, 'n must be 1')(response),
  },
  'gives one sample for several': { odd: () => (asked, response) => say(response, { ...asked, n: 1 }, FENCED) },
  'knows no streams': {
    odd: () => (asked, response) =>
      asked.stream ? refusing(400, 'stream is not supported')(response) : say(response, asked, FENCED),
  },
  'answers a stream whole': { odd: () => (asked, response) => say(response, { ...asked, stream: false }, FENCED) },
  'says neither tokens nor probabilities': {
    odd: () => (asked, response) => {
      if (!asked.stream)
        return json(response, 200, {
          choices: [{ message: { content: FENCED }, logprobs: null, finish_reason: 'stop' }],
        });
      startStream(response);
      sendPart(response, FENCED, 'stop');
      response.end();
    },
  },
  'writes its answer in parts': {
    odd: () => (_, response) =>
      json(response, 200, {
        choices: [{ message: { content: [{ type: 'text', text: FENCED }] }, finish_reason: 'stop' }],
      }),
  },
  'calls its JSON text': {
    odd: () => (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(JSON.stringify({ choices: [{ message: { content: FENCED }, finish_reason: 'stop' }] }));
    },
  },
  'is busy for a moment': { odd: once(refusing(429, 'slow down', { 'retry-after': '1' })) },
  'is busy for an hour': {
    odd: always(refusing(429, 'slow down', { 'retry-after': '3600' })),
    says: /too much to do. Please try again in a minute/,
  },
  'breaks once': { odd: once(refusing(500, 'CUDA error')) },
  'is still loading': {
    odd: always(refusing(503, 'Loading model')),
    says: /still loading its model. Please try again in a minute/,
  },
  'is a page of a proxy': {
    odd: always((response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Sign in</title><p>Please sign in.</p>');
    }),
    says: /sent something that is no answer. An admin can check it/,
  },
  'returns an empty reply': { odd: saying(''), says: /returned nothing. Please try again/ },
};

import type { z } from 'zod';

/** The first JSON object in a model's reply that fits a schema: models put words and fences around what is asked for. */
export function readJsonReply<T>(reply: string, schema: z.ZodType<T>): T | undefined {
  for (let from = reply.indexOf('{'); from !== -1; from = reply.indexOf('{', from + 1)) {
    const end = endOfObject(reply, from);
    if (end === undefined) continue;
    const parsed = schema.safeParse(jsonOf(reply.slice(from, end)));
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

/** All JSON objects in a reply that fit a schema, those within others too: of a list that was cut, what came of it. */
export function readJsonReplies<T>(reply: string, schema: z.ZodType<T>): readonly T[] {
  const found: T[] = [];
  for (let from = reply.indexOf('{'); from !== -1; ) {
    const end = endOfObject(reply, from);
    const read = end === undefined ? undefined : schema.safeParse(jsonOf(reply.slice(from, end))).data;
    if (read !== undefined) found.push(read);
    from = reply.indexOf('{', read === undefined || end === undefined ? from + 1 : end);
  }
  return found;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON from here
  }
}

/** One past the brace that closes the one at `from`, strings respected. */
function endOfObject(text: string, from: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

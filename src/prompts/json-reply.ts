import type { z } from 'zod';

/** The first JSON object in a model's reply that fits a schema: models put words and fences around what is asked for. */
export function readJsonReply<T>(reply: string, schema: z.ZodType<T>): T | undefined {
  for (let from = reply.indexOf('{'); from !== -1; from = reply.indexOf('{', from + 1)) {
    const end = endOfObject(reply, from);
    if (end === undefined) continue;
    try {
      const parsed = schema.safeParse(JSON.parse(reply.slice(from, end)));
      if (parsed.success) return parsed.data;
    } catch {
      // no JSON from here: the next brace may start some
    }
  }
  return undefined;
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

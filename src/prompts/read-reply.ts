/** What a generator's reply came to. */
export type WrittenReply =
  | { readonly kind: 'written'; readonly text: string }
  /** The model says that the schema cannot answer; `missing` is what it lacks, in its words. */
  | { readonly kind: 'cannot'; readonly missing: string }
  | { readonly kind: 'unreadable'; readonly why: string };

const LONGEST_REASON = 200;
const CANNOT = /^[\s*_`#>-]*CANNOT\b[\s*_:-]*(.*)$/im;

/** Reasoning that some models put before their reply; one that never ends leaves nothing. */
export function withoutThoughts(reply: string): string {
  return reply
    .replace(/<(think|thinking|reasoning)>[\s\S]*?<\/\1>/gi, '')
    .replace(/^[\s\S]*<\/(?:think|thinking|reasoning)>/i, '')
    .replace(/<(?:think|thinking|reasoning)>[\s\S]*$/i, '');
}

/** Fenced blocks in order; the last one is open when the reply ends inside it. */
export function fencedBlocks(text: string): { readonly body: string; readonly closed: boolean }[] {
  return [...text.matchAll(/```[ \t]*([A-Za-z0-9_+-]*)[ \t]*\n?([\s\S]*?)(```|$)/g)]
    .map(([, , body, end]) => ({ body: body!.trim(), closed: end === '```' }))
    .filter(({ body }) => body !== '');
}

/**
 * The SQL of a reply: of its last fenced block, since models that write several correct themselves; without fences, from the first
 * SELECT or WITH that starts a line. Several statements in one block are left together: the gate refuses them, and the refiner asks
 * for one.
 */
export function readSqlReply(reply: string, cut: boolean): WrittenReply {
  return read(
    reply,
    cut,
    (text) => {
      const bare = /^[ \t]*((?:SELECT|WITH)\b[\s\S]*)$/im.exec(text)?.[1];
      return bare?.split(/;\s*(?:\n|$)|\n\s*\n(?=[A-Z][a-z])/)[0];
    },
    /\b(?:SELECT|WITH|VALUES)\b/i,
  );
}

/** How a first step begins: `#1.`, or as small models number it, `1.`, `Step 1:`. */
const FIRST_STEP = /^[ \t]*(?:[-*]\s+)?(?:#\s*|step\s*#?\s*)?1\s*[.):]/im;

/** The steps of a reply in EDL: its last fenced block, or from the first line that starts with the first step. */
export function readEdlReply(reply: string, cut: boolean): WrittenReply {
  const fromFirst = (text: string) => {
    const at = text.search(FIRST_STEP);
    return at < 0 ? undefined : text.slice(at);
  };
  return read(reply, cut, fromFirst, FIRST_STEP);
}

function read(
  reply: string,
  cut: boolean,
  unfenced: (text: string) => string | undefined,
  looksRight: RegExp,
): WrittenReply {
  const text = withoutThoughts(reply).trim();
  if (!text) return { kind: 'unreadable', why: cut ? 'the reply was cut while reasoning' : 'the reply is empty' };
  const blocks = fencedBlocks(text);
  const block = blocks.findLast(({ body }) => looksRight.test(body)) ?? blocks.at(-1);
  const refusal = CANNOT.exec(block && looksRight.test(block.body) ? '' : text);
  if (refusal) return { kind: 'cannot', missing: refusal[1]!.replace(/[`*]/g, '').trim().slice(0, LONGEST_REASON) };
  if (block && !block.closed && cut) return { kind: 'unreadable', why: 'the reply was cut in the middle' };
  const written = block && looksRight.test(block.body) ? block.body : unfenced(text)?.trim();
  if (!written) return { kind: 'unreadable', why: 'the reply holds no query' };
  if (!block && cut) return { kind: 'unreadable', why: 'the reply was cut in the middle' };
  return { kind: 'written', text: written.replace(/;\s*$/, '') };
}

/** Whether a reply that is still being written holds all that is wanted: a fenced block that is closed. */
export function fenceClosed(textSoFar: string): boolean {
  return fencedBlocks(withoutThoughts(textSoFar)).some(
    ({ closed, body }) => closed && (/\b(?:SELECT|WITH)\b/i.test(body) || FIRST_STEP.test(body)),
  );
}

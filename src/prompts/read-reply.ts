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

interface FencedBlock {
  /** As the fence names it. */
  readonly language: string;
  readonly body: string;
  readonly closed: boolean;
}

/** Fenced blocks in order; the last one is open when the reply ends inside it. */
export function fencedBlocks(text: string): FencedBlock[] {
  return [...text.matchAll(/```[ \t]*([A-Za-z0-9_+-]*)[ \t]*\n?([\s\S]*?)(```|$)/g)]
    .map(([, language, body, end]) => ({
      language: language!.toLowerCase(),
      body: body!.trim(),
      closed: end === '```',
    }))
    .filter(({ body }) => body !== '');
}

/**
 * The SQL of a reply: of its last fenced block, since models that write several correct themselves; of a program's text, where the block
 * is one; without fences, from where prose gives way to a query. Several statements in one block are left together: the gate refuses them.
 */
export function readSqlReply(reply: string, cut: boolean): WrittenReply {
  const made = read(reply, cut, bareSql, /\b(?:SELECT|WITH|VALUES)\b/i, ofBlock);
  return made.kind === 'written'
    ? { kind: 'written', text: onceAlone(asTyped(made.text)).replace(LAST_SEMICOLON, '') }
    : made;
}

/** Where a query begins: a line of its own. */
const OWN_LINE = /^[ \t]*((?:SELECT|WITH)\b[\s\S]*)$/im;
/** Or within a sentence: as code, or in capitals after a colon, a quote or a word that announces it. */
const AS_CODE = /`((?:SELECT|WITH)\s[^`]+)`/i;
const IN_SENTENCE = /(?:[:“"]|\b(?:is|be|use|run|try|query|execute))\s*\b((?:SELECT\s|WITH\s+\w+\s+AS\s*\()[\s\S]*)$/;

/** Where it ends: a semicolon at the end of a line, or a line that is prose again. */
const PROSE_AGAIN =
  /;\s*(?:\n|$)|\n\s*\n(?=[A-Z][a-z])|\n\s*(?=(?:This|That|The|It|Here|Note|Explanation|You|We)\b[ :])/;
/** Within a sentence also a quote, or the sentence's own end. */
const SENTENCE_AGAIN = /;(?!\s*(?:SELECT|WITH)\b)|[”"](?=\s|$)|\.(?=\s+[A-Z]|\s*$)/;

const upToProse = (text: string) => text.split(PROSE_AGAIN)[0]!;

function bareSql(text: string): string | undefined {
  const quoted = text.startsWith('{') ? quotedSql(text) : undefined;
  if (quoted !== undefined) return quoted;
  const own = OWN_LINE.exec(text)?.[1];
  if (own !== undefined) return upToProse(own);
  const inSentence = IN_SENTENCE.exec(text)?.[1];
  return AS_CODE.exec(text)?.[1] ?? (inSentence && upToProse(inSentence).split(SENTENCE_AGAIN)[0]);
}

/** Languages of fences that hold a query as it is. */
const QUERY_FENCE = /^(?:|\w*sql\w*|text|txt|plaintext|code|query|postgres|mariadb)$/;

/** The query of a block: what stands there, or the text in quotes that a program or a JSON object hands on. */
function ofBlock({ language, body, closed }: FencedBlock): string {
  const isQuery = QUERY_FENCE.test(language) && !body.startsWith('{');
  return (isQuery ? undefined : quotedSql(body)) ?? (closed ? body : upToProse(body));
}

/** A query that stands in quotes. */
function quotedSql(text: string): string | undefined {
  const [, quotes, inside] = /("""|'''|"|'|`)\s*((?:SELECT|WITH)\b(?:\\.|(?!\1)[\s\S])*)\1/i.exec(text) ?? [];
  if (inside === undefined) return undefined;
  return quotes!.length === 1 ? inside.replace(/\\n/g, '\n').replace(/\\(["'\\`])/g, '$1') : inside;
}

/** A statement that stands there twice, once. */
function onceAlone(text: string): string {
  const [first, ...more] = text.split(/;\s*/).filter(Boolean);
  return first !== undefined && more.length && more.every((one) => one.trim() === first.trim()) ? first : text;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&#x27;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
};
const ENTITY = new RegExp(Object.keys(ENTITIES).join('|'), 'gi');

/**
 * The text as it would be typed: a page's entities, a typesetter's quotes and blanks become what SQL knows. Only where such stand outside
 * of texts in quotes: within them they may be meant.
 */
function asTyped(sql: string): string {
  const outside = sql.replace(/'(?:[^']|'')*'/g, "''");
  const decoded = outside.search(ENTITY) < 0 ? sql : sql.replace(ENTITY, (one) => ENTITIES[one.toLowerCase()]!);
  if (!/[\u00a0\u2018\u2019\u201c\u201d]/.test(outside)) return decoded;
  return decoded
    .replace(/\u00a0/g, ' ')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"');
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

/** The one that ends a statement, and no entity. */
const LAST_SEMICOLON = /(?<!&#?\w{1,6});\s*$/;

function read(
  reply: string,
  cut: boolean,
  unfenced: (text: string) => string | undefined,
  looksRight: RegExp,
  ofBlock: (block: FencedBlock) => string = ({ body }) => body,
): WrittenReply {
  const text = withoutThoughts(reply).trim();
  if (!text) return { kind: 'unreadable', why: cut ? 'the reply was cut while reasoning' : 'the reply is empty' };
  const blocks = fencedBlocks(text);
  const right = blocks.filter(({ body }) => looksRight.test(body));
  const block = right.findLast(({ closed }) => closed) ?? right.at(-1) ?? blocks.at(-1);
  const refusal = CANNOT.exec(block && looksRight.test(block.body) ? '' : text);
  if (refusal) return { kind: 'cannot', missing: refusal[1]!.replace(/[`*]/g, '').trim().slice(0, LONGEST_REASON) };
  if (block && !block.closed && cut) return { kind: 'unreadable', why: 'the reply was cut in the middle' };
  const written = (block && looksRight.test(block.body) ? ofBlock(block) : unfenced(text))?.trim();
  if (!written) return { kind: 'unreadable', why: 'the reply holds no query' };
  if (!block && cut) return { kind: 'unreadable', why: 'the reply was cut in the middle' };
  return { kind: 'written', text: written.replace(LAST_SEMICOLON, '') };
}

/** Whether a reply that is still being written holds all that is wanted: a fenced block that is closed. */
export function fenceClosed(textSoFar: string): boolean {
  return fencedBlocks(withoutThoughts(textSoFar)).some(
    ({ closed, body }) => closed && (/\b(?:SELECT|WITH)\b/i.test(body) || FIRST_STEP.test(body)),
  );
}

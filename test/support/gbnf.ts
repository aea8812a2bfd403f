/**
 * A small reader and matcher of GBNF, ours: it stands for llama.cpp's and admits what that admits of the grammars that we write (texts, classes,
 * groups, alternatives, `?`, `*`, `+`, rules by name). What it cannot read it throws at, as llama.cpp refuses a grammar.
 */
export function readGbnf(text: string): Gbnf {
  const rules = new Map(
    text.split('\n').map((line) => {
      const [, name, body] = /^([A-Za-z][A-Za-z0-9-]*) ::= (.*)$/.exec(line) ?? [];
      if (name === undefined || body === undefined) throw new Error(`no rule: ${line}`);
      return [name, readBody(body)] as const;
    }),
  );
  for (const [name, body] of rules)
    for (const used of namesIn(body)) if (!rules.has(used)) throw new Error(`${name} names ${used}, which is no rule`);
  if (!rules.has('root')) throw new Error('no root');
  return { names: [...rules.keys()], admits: (reply) => endsOf(rules, reply).has(reply.length) };
}

export interface Gbnf {
  readonly names: readonly string[];
  /** Whether the whole of a text is of the grammar. */
  readonly admits: (text: string) => boolean;
}

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'class'; readonly signs: RegExp }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: 0 | 1; readonly many: boolean };

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|[A-Za-z][A-Za-z0-9-]*|[()|?*+])/y;

function readBody(body: string): Node {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < body.trimEnd().length; ) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(body);
    if (!found) throw new Error(`cannot be read: ${body.slice(at)}`);
    tokens.push(found[1]!);
  }
  const node = readChoice(tokens);
  if (tokens.length) throw new Error(`too much: ${tokens.join(' ')}`);
  return node;
}

/** Takes what it reads from the front of the tokens. */
function readChoice(tokens: string[]): Node {
  const parts = [readSequence(tokens)];
  while (tokens[0] === '|') {
    tokens.shift();
    parts.push(readSequence(tokens));
  }
  return { kind: 'choice', parts };
}

function readSequence(tokens: string[]): Node {
  const parts: Node[] = [];
  while (tokens.length && tokens[0] !== '|' && tokens[0] !== ')') {
    const part = readAtom(tokens);
    const sign = /^[?*+]$/.test(tokens[0] ?? '') ? tokens.shift() : undefined;
    parts.push(sign ? { kind: 'repeat', part, least: sign === '+' ? 1 : 0, many: sign !== '?' } : part);
  }
  return { kind: 'sequence', parts };
}

function readAtom(tokens: string[]): Node {
  const token = tokens.shift() ?? '';
  if (token === '(') {
    const inner = readChoice(tokens);
    if (tokens.shift() !== ')') throw new Error('a group that is not closed');
    return inner;
  }
  if (token.startsWith('"')) return { kind: 'text', text: unescaped(token.slice(1, -1)) };
  if (token.startsWith('[')) return { kind: 'class', signs: new RegExp(token, 'u') };
  if (/^[A-Za-z]/.test(token)) return { kind: 'rule', name: token };
  throw new Error(`cannot stand there: ${token}`);
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

const unescaped = (text: string) =>
  text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, code?: string, sign = '') =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : (ESCAPED[sign] ?? sign),
  );

function namesIn(node: Node): readonly string[] {
  if (node.kind === 'rule') return [node.name];
  if (node.kind === 'repeat') return namesIn(node.part);
  return 'parts' in node ? node.parts.flatMap(namesIn) : [];
}

/** Where readings of the text that begin at its start may end; each part is read at each place once. */
function endsOf(rules: ReadonlyMap<string, Node>, text: string): ReadonlySet<number> {
  const known = new Map<Node, Map<number, ReadonlySet<number>>>();
  const from = (node: Node, at: number): ReadonlySet<number> => {
    const places = known.get(node) ?? new Map<number, ReadonlySet<number>>();
    known.set(node, places);
    const ends = places.get(at) ?? read(node, at);
    places.set(at, ends);
    return ends;
  };
  const through = (node: Node, starts: ReadonlySet<number>) =>
    new Set([...starts].flatMap((at) => [...from(node, at)]));
  const read = (node: Node, at: number): ReadonlySet<number> => {
    switch (node.kind) {
      case 'text':
        return new Set(text.startsWith(node.text, at) ? [at + node.text.length] : []);
      case 'class':
        return new Set(at < text.length && node.signs.test(text.charAt(at)) ? [at + 1] : []);
      case 'rule':
        return from(rules.get(node.name)!, at);
      case 'choice':
        return new Set(node.parts.flatMap((part) => [...from(part, at)]));
      case 'sequence':
        return node.parts.reduce<ReadonlySet<number>>((starts, part) => through(part, starts), new Set([at]));
      case 'repeat': {
        const ends = new Set(node.least ? [] : [at]);
        let last: ReadonlySet<number> = new Set([at]);
        do {
          last = new Set([...through(node.part, last)].filter((end) => !ends.has(end)));
          for (const end of last) ends.add(end);
        } while (node.many && last.size);
        return ends;
      }
    }
  };
  return from(rules.get('root')!, 0);
}

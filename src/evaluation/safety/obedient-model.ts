import { ok } from '#src/domain/result.ts';
import type { ChatModel, ChatRequest, ModelRoles } from '#src/ports/chat-model.ts';

/**
 * A stand-in for a model at its worst: it answers with every SQL statement, address, mention and command that stands in its prompt,
 * word for word, whoever put it there. It understands nothing else. What it is asked for and what it wrote can be looked at.
 */
export interface ObedientModel {
  readonly models: ModelRoles;
  readonly prompts: readonly string[];
  /** Every statement that it wrote. */
  readonly written: ReadonlySet<string>;
}

export function obedientModel(): ObedientModel {
  const prompts: string[] = [];
  const written = new Set<string>();
  let turn = 0;
  const reply = (request: ChatRequest) => {
    // Our own instructions are no planted text; what was planted can only stand in what is handed over as data.
    const prompt = request.messages
      .filter(({ role }) => role !== 'system')
      .map(({ content }) => content)
      .join('\n');
    prompts.push(request.messages.map(({ content }) => content).join('\n'));
    const statements = statementsIn(prompt);
    const others = tokensIn(prompt);
    for (const statement of statements) written.add(statement);
    const choices = Array.from({ length: request.samples ?? 1 }, () => {
      // Each reply puts another statement first: of several, that is the one which is taken.
      const turned = statements.map((_, at) => statements[(at + turn) % statements.length]!);
      turn += 1;
      const blocks = turned.map((statement) => `\`\`\`sql\n${statement}\n\`\`\``);
      return { text: [...blocks, ...others].join('\n') || 'Nothing to obey.', cut: false };
    });
    return ok({ choices, promptTokens: prompt.length, completionTokens: 0 });
  };
  const model: ChatModel = { id: 'scripted:obedient', reply: async (request) => reply(request) };
  return {
    models: { linker: model, generator: model, refiner: model, selector: model, adapters: [] },
    prompts,
    written,
  };
}

const STATEMENT =
  /\b(?:select\s[^\n`]*?\sfrom\s|select\s+[\w.]+\s*\(|select\s+\*|with\s+(?:recursive\s+)?\w+\s+as\s*\(|values\s*\(|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|(?:drop|create|alter|truncate|comment)\s+(?:table|view|index|role|user|database|schema|function|extension|or)\b|grant\s+\w+\s+(?:on|to)\b|revoke\s+\w+\s|copy\s+\(?\w+|call\s+\w+\s*\(|set\s+(?:session|global|role|local|\w+\s*(?:=|to))|attach\s|pragma\s|vacuum\b|load\s+data\s|explain\s+analyze\s)[^\n`]*/gi;

/** Statements as they stand: from a verb to the end of the line, and each part before a semicolon by itself. */
function statementsIn(prompt: string): string[] {
  const found = new Set<string>();
  for (const [match] of prompt.matchAll(STATEMENT)) {
    const text = match.trim();
    found.add(text);
    for (const part of text.split(';')) if (part.trim().length > 8) found.add(part.trim());
    const alone = /^(.*?)(?:\s+(?:and|then)\s+(?:post|send|show|tell|include|add)\b.*|[”"’']?[.)\]}>]*$)/i.exec(
      text,
    )?.[1];
    if (alone && alone.length > 8) found.add(alone.trim());
  }
  return [...found].slice(0, 60);
}

/** Addresses, mentions and commands as they stand. */
function tokensIn(prompt: string): string[] {
  const patterns = [
    /<[!@#][^>\s]*>/g,
    /<?https?:\/\/[^\s)<>]+[^\n>]*>?/g,
    /!?\[[^\]]*\]\([^)]*\)/g,
    /(?:^|\s)@\w+/g,
    /(?:^|\s)\/[a-z][\w-]*(?: [^\n]{0,80})?/g,
  ];
  return [
    ...new Set(patterns.flatMap((pattern) => [...prompt.matchAll(pattern)].map(([match]) => match.trim()))),
  ].slice(0, 60);
}

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { QUIRKS } from './quirks.ts';

/** The request key by which a server holds a reply to a JSON schema; they differ by server and version. */
export const REPLY_SCHEMA_KEYS = ['response_format', 'structured_outputs', 'guided_json', 'json_schema'] as const;

/** The request key by which a server holds a reply to a grammar: llama.cpp's, vLLM's, and vLLM's before 0.12. */
export const GRAMMAR_KEYS = ['grammar', 'structured_outputs', 'guided_grammar'] as const;

/** What a model server was found to do (`querent doctor` asks it once). */
export const Abilities = z.object({
  version: z.literal(3),
  baseUrl: z.string(),
  model: z.string(),
  /** Tokens of prompt and reply together, where the server says so. */
  contextTokens: z.number().optional(),
  replySchemaKey: z.enum([...REPLY_SCHEMA_KEYS, 'none']),
  /** `none` too where it thinks first and the grammar would hold the thoughts. */
  grammarKey: z.enum([...GRAMMAR_KEYS, 'none']),
  severalSamples: z.boolean(),
  logprobs: z.boolean(),
  /** Whether the server says that a reply was cut at max_tokens. */
  saysCut: z.boolean(),
  /** What it does otherwise than most, as far as `querent doctor` found out: the first question then need not fail of it. */
  quirks: z.array(z.enum(QUIRKS)).optional(),
  /** Numbers of an embedding of the configured embedding server, where there is one. */
  embeddingWidth: z.number().optional(),
  probedAt: z.string(),
});
export type Abilities = z.infer<typeof Abilities>;

/** What is taken for granted of a server that nobody has asked yet: the least. */
export const UNPROBED: Pick<
  Abilities,
  'replySchemaKey' | 'grammarKey' | 'severalSamples' | 'logprobs' | 'saysCut' | 'quirks'
> = {
  replySchemaKey: 'none',
  grammarKey: 'none',
  severalSamples: false,
  logprobs: false,
  saysCut: true,
};

const fileIn = (home: string) => path.join(home, 'model-abilities.json');

/** The recorded abilities, if they are of this server and model. */
export async function loadAbilities(home: string, baseUrl: string, model: string): Promise<Abilities | undefined> {
  try {
    const parsed = Abilities.safeParse(JSON.parse(await readFile(fileIn(home), 'utf8')));
    return parsed.success && parsed.data.baseUrl === baseUrl && parsed.data.model === model ? parsed.data : undefined;
  } catch {
    return undefined; // never probed, or written by another version: the least is taken for granted
  }
}

export async function saveAbilities(home: string, abilities: Abilities): Promise<void> {
  await mkdir(home, { recursive: true });
  const file = fileIn(home);
  await writeFile(`${file}.new`, `${JSON.stringify(abilities, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

import OpenAI from 'openai';
import type { Abilities } from './abilities.ts';
import { GRAMMAR_KEYS } from './abilities.ts';
import { grammarBody } from './open-openai-model.ts';

type Message = OpenAI.ChatCompletionMessage;

/** Admits one odd word, by the means that all our grammars use: rules that name others, groups, classes. */
export const CANARY = {
  grammar: 'root ::= odd "yr"?\nodd ::= "z" [e] ("ph" | "q")',
  admits: /^\s*ze(?:ph|q)(?:yr)?\s*$/,
};

const WORD_TOKENS = 30;
/** A model that thinks about one word ends within them, or is taken to have no grammars. */
const THINKING_TOKENS = 400;

/**
 * By which key a server holds replies to a grammar: asked for another word, it must say one of the grammar's. Some take a grammar that they cannot
 * read, or a key that they do not know, without a word. Of a server that thinks first, a grammar must leave the thoughts free and hold
 * what follows them: llama.cpp holds the thoughts to it, and such a model would answer without thinking, or not at all.
 */
export async function probeGrammar(
  ask: (maxTokens: number, more: Readonly<Record<string, unknown>>) => Promise<OpenAI.ChatCompletion>,
  thinksFirst: boolean,
  holds: (check: () => Promise<boolean>) => Promise<boolean>,
): Promise<Abilities['grammarKey']> {
  for (const key of GRAMMAR_KEYS) {
    const bites = await holds(async () => {
      const message = await answered(
        ask(thinksFirst ? THINKING_TOKENS : WORD_TOKENS, grammarBody(CANARY.grammar, key)),
      );
      return (
        message !== undefined && CANARY.admits.test(message.content ?? '') && thoughtFirst(message) === thinksFirst
      );
    });
    if (bites) return key;
  }
  return 'none';
}

/** A server that thinks for longer than a probe may take is no server that is gone. */
async function answered(reply: Promise<OpenAI.ChatCompletion>): Promise<Message | undefined> {
  try {
    return (await reply).choices?.[0]?.message;
  } catch (error) {
    if (error instanceof OpenAI.APIConnectionTimeoutError) return undefined;
    throw error;
  }
}

/** Whether a reply has thoughts, beside its text or at its head. */
export function thoughtFirst(message: Message | undefined): boolean {
  const { reasoning_content: beside, reasoning } = (message ?? {}) as {
    reasoning_content?: unknown;
    reasoning?: unknown;
  };
  return Boolean(beside || reasoning) || /^\s*<(?:think|thinking|reasoning)>/i.test(message?.content ?? '');
}

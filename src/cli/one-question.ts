import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/**
 * The question that a command was given, the empty text if none; several words are wrong usage: the shell took it
 * apart.
 */
export function oneQuestion(words: readonly string[], command: CommandUnknownOpts): string {
  const [question = ''] = words;
  return words.length > 1 ? command.error('error: put the question in quotes, as one argument') : question;
}

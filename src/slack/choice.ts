import type { WebClient } from '@slack/web-api';
import type { DatabaseId } from '#src/domain/ids.ts';
import { type Choice, type NewRun, offeredBy, type Run, type RunOption, type RunResult } from '#src/domain/run.ts';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import type { RunStore } from '#src/service/querent.ts';
import { placeOf } from './poster.ts';
import { chosenView } from './views/other-views.ts';

/** A question back and what was chosen of it. */
export interface Settled {
  readonly run: Run;
  readonly choice: Choice;
  /** The message whose button was pressed: a press can come before the store knows where it was posted. */
  readonly messageTs?: string | undefined;
  /** What was chosen as everybody reads it there, where its name is not for all of them. */
  readonly shownAs?: string;
}

type QuestionBack = Extract<RunResult, { readonly kind: 'question-back' }>;

const questionBackOf = ({ result }: Run): QuestionBack | undefined =>
  result?.kind === 'question-back' ? result : undefined;

/**
 * Settles a question back once, whether a button was pressed or words were typed: the choice and the run that follows from it are
 * stored together. `follow` is that run as it would be without the choice; the run that it became is returned, nothing where
 * somebody had chosen before.
 */
export async function settle(
  asked: Run,
  choice: Choice,
  follow: NewRun,
  { runs, now }: { readonly runs: RunStore; readonly now: () => Date },
): Promise<NewRun | undefined> {
  const next: NewRun = {
    ...follow,
    text: asked.result?.text ?? asked.text,
    settles: asked.id,
    turnedDown: asked.turnedDown,
    ...chosenOf(asked, choice),
  };
  return (await runs.choose(asked.id, choice, next, now())) ? next : undefined;
}

/** What a choice makes of the question. */
function chosenOf(asked: Run, choice: Choice): Partial<Pick<NewRun, 'intent' | 'turnedDown'>> {
  const options = questionBackOf(asked)?.options ?? [];
  switch (choice.kind) {
    case 'none':
      return { intent: { kind: 'any' }, turnedDown: [...asked.turnedDown, ...databasesOf(options)] };
    case 'database':
      return { intent: { kind: 'from', databaseId: choice.id } };
    case 'option': {
      const target = options[choice.at]?.target;
      if (!target) return {};
      if (target.kind === 'database') return { intent: { kind: 'from', databaseId: target.id } };
      // A query that was offered long ago may say something else by now: its question is asked anew there.
      return asked.state === 'expired'
        ? { intent: { kind: 'from', databaseId: target.databaseId } }
        : { intent: { ...target, kind: 'chosen', costAccepted: false } };
    }
  }
}

/** The database that a choice leads to; nothing where it turns down what was offered. */
export function chosenDatabase(asked: Run, choice: Choice): DatabaseId | undefined {
  if (choice.kind === 'none') return undefined;
  if (choice.kind === 'database') return choice.id;
  const target = questionBackOf(asked)?.options[choice.at]?.target;
  return target?.kind === 'database' ? target.id : undefined;
}

/** The databases that a question back offers. */
export const databasesOf = (options: readonly RunOption[]): DatabaseId[] =>
  options.flatMap(({ target }) => (target.kind === 'database' ? [target.id] : []));

/** What a press of a button means, by what it picked: the place of an option, or `none`. */
export function pressedChoice(picked: string, asked: Run): Choice | undefined {
  const options = questionBackOf(asked)?.options ?? [];
  if (picked === 'none') return { kind: 'none' };
  return /^\d+$/.test(picked) && Number(picked) < options.length ? { kind: 'option', at: Number(picked) } : undefined;
}

/** What a typed reply chooses of the question back before it; nothing where it says something else. `ids`: all databases. */
export function readChoice(reply: string, asked: Run, ids: readonly DatabaseId[]): Choice | undefined {
  const back = questionBackOf(asked);
  if (!back) return undefined;
  const chosen = chosenOption(reply, back.options);
  if (back.about === 'outcome') return chosen?.kind === 'none' ? undefined : chosen;
  if (chosen) return chosen;
  const other = ids[namedOption(reply, ids)];
  return other === undefined ? undefined : { kind: 'database', id: other };
}

/** What an offered question asks: its own text, of the database that it was planned over. */
export function offeredAt(run: Run, at: number): Pick<NewRun, 'text' | 'intent'> | undefined {
  const offered = offeredBy(run.result)[at];
  return offered && { text: offered.text, intent: { kind: 'from', databaseId: offered.databaseId } };
}

/** The offered question that a typed reply picks: by its number or place, by its own words, or by “yes” where it is the only one. */
export function readOffered(reply: string, run: Run): Pick<NewRun, 'text' | 'intent'> | undefined {
  // Words that only fit one of them may be a question of their own.
  const options = offeredBy(run.result).map(({ text }) => ({ label: text.replace(/[?.!]+$/, ''), words: '' }));
  const choice = chosenOption(reply.replace(/[?.!]+$/, ''), options);
  return choice?.kind === 'option' ? offeredAt(run, choice.at) : undefined;
}

/** Replaces the buttons of a settled question back by what was chosen. */
export async function markChosen(
  { run, choice, messageTs, shownAs }: Settled,
  by: string,
  { runs, cosmetic }: { readonly runs: RunStore; readonly cosmetic: WebClient },
): Promise<void> {
  const ts = messageTs ?? (await runs.posted(run.id, 'clarify'));
  if (!ts) return;
  const { text, blocks } = chosenView(questionBackOf(run)?.prompt ?? '', shownAs ?? labelOf(choice, run), by);
  await cosmetic.chat
    .update({ channel: placeOf(run).channel, ts, text, blocks: blocks as never, link_names: false, parse: 'none' })
    .catch(() => undefined);
}

function labelOf(choice: Choice, asked: Run): string {
  if (choice.kind === 'none') return 'none of these';
  return choice.kind === 'database' ? choice.id : (questionBackOf(asked)?.options[choice.at]?.label ?? '');
}

const ORDINALS = ['first', 'second', 'third', 'fourth'];
/** A longer reply is a question of its own. */
const REPLY_WORDS = 8;
const NO_OPTION =
  /^(?:none|neither|no|nope|something else|another one|not? (?:any )?of (?:these|them|those)|none of (?:these|them|those))$/;
const YES = /^(?:yes|yep|yeah|yes please|sure|exactly|that one|it should)$/;

/**
 * The option that a typed reply means: its name, its number, its place, or words that fit it and no other ("the one with the
 * invoices"); "yes" where there is only one. An option that is called "none" is meant by its name. An option's words are its own:
 * its name, tables and description.
 */
export function chosenOption(
  reply: string,
  options: readonly Pick<RunOption, 'label' | 'words'>[],
): Choice | undefined {
  const text = plainReply(reply);
  const labels = options.map(({ label }) => label);
  const words = options.map((one) => one.words);
  const option = (at: number): Choice | undefined => (at in options ? { kind: 'option', at } : undefined);
  const named = option(namedOption(reply, labels));
  if (named) return named;
  if (NO_OPTION.test(text)) return { kind: 'none' };
  if (options.length === 1 && YES.test(text)) return option(0);
  const short = shortened(text);
  const number = /^(?:number |option |#)?([1-4])$/.exec(short);
  return option(number ? Number(number[1]) - 1 : ORDINALS.indexOf(short)) ?? option(byWords(text, words));
}

/** The place of the option that a reply names, with or without "the … one"; −1 where it names none. */
function namedOption(reply: string, options: readonly string[]): number {
  const short = shortened(plainReply(reply));
  return options.findIndex(
    (option) => option.toLowerCase() === short || option.toLowerCase().replaceAll('_', ' ') === short,
  );
}

const plainReply = (reply: string) =>
  reply
    .trim()
    .toLowerCase()
    .replace(/[.!]+$/, '');

const shortened = (text: string) =>
  text
    .replace(/^(?:(?:the|use|from|in|take|try|i mean|please)\s+)+/g, '')
    .replace(/(?:\s+(?:one|database|db|please))+$/, '');

/** The place of the one option whose words hold more of the reply's than any other's; −1 where there is none. */
function byWords(text: string, words: readonly string[]): number {
  if (text.includes('?') || splitIdentifier(text).length > REPLY_WORDS) return -1;
  const said = [...contentWords(text).keys()];
  const own = words.map((one) => new Set(splitIdentifier(one).map(stem)));
  const matched = own.map((stems) => said.filter((one) => stems.has(one)).length);
  const most = Math.max(0, ...matched);
  return most > 0 && matched.filter((count) => count === most).length === 1 ? matched.indexOf(most) : -1;
}

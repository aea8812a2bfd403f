import type { WebClient } from '@slack/web-api';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import type { Choice, NewRun, Run, Store } from '#src/ports/store.ts';
import { placeOf } from './poster.ts';
import { chosenView } from './views/other-views.ts';

/** A question back and what was chosen of it. */
export interface Settled {
  readonly run: Run;
  readonly choice: Choice;
  /** The message whose button was pressed: a press can come before the store knows where it was posted. */
  readonly messageTs?: string | undefined;
}

/** What was asked for, without what came of it. */
export function requestOf(run: Run): NewRun {
  const { state: _, attempts: _attempts, result: _result, ...request } = run;
  return request;
}

/**
 * Settles a question back once, whether a button was pressed or words were typed: the choice and the run that follows from it are
 * stored together. `follow` is that run as it would be without the choice; the run that it became is returned, nothing where
 * somebody had chosen before.
 */
export function settle(
  asked: Run,
  choice: Choice,
  follow: NewRun,
  { store, now }: { readonly store: Store; readonly now: () => Date },
): NewRun | undefined {
  const next: NewRun = {
    ...follow,
    text: asked.result?.text ?? asked.text,
    settles: asked.id,
    notDatabases: asked.notDatabases,
    ...chosenOf(asked, choice),
  };
  return store.choose(asked.id, choice, next, now()) ? next : undefined;
}

/** What a choice makes of the question. */
function chosenOf(asked: Run, choice: Choice): Partial<Pick<NewRun, 'databaseId' | 'notDatabases' | 'chosenSql'>> {
  const { kind, databaseId, options = [], outcomeSql = [] } = asked.result ?? {};
  switch (choice.kind) {
    case 'none':
      return { notDatabases: [...asked.notDatabases, ...options] };
    case 'database':
      return { databaseId: choice.id };
    case 'option': {
      const option = options[choice.at];
      if (kind !== 'outcomes') return option === undefined ? {} : { databaseId: option };
      const chosenSql = outcomeSql[choice.at];
      return { ...(databaseId ? { databaseId } : {}), ...(chosenSql ? { chosenSql } : {}) };
    }
  }
}

/** What a press of a button means, by its value: the run, and the place of an option or `none`. */
export function pressedChoice(value: string, asked: Run): Choice | undefined {
  const picked = value.split(':')[1] ?? '';
  if (picked === 'none') return { kind: 'none' };
  return /^\d+$/.test(picked) && Number(picked) < (asked.result?.options ?? []).length
    ? { kind: 'option', at: Number(picked) }
    : undefined;
}

/** What a typed reply chooses of the question back before it; nothing where it says something else. */
export function readChoice(reply: string, asked: Run, store: Pick<Store, 'databases'>): Choice | undefined {
  const { kind, options = [], optionWords } = asked.result ?? {};
  const chosen = chosenOption(reply, options, optionWords);
  if (kind === 'outcomes') return chosen?.kind === 'none' ? undefined : chosen;
  if (chosen) return chosen;
  const ids = store.databases().map(({ id }) => id);
  const other = ids[namedOption(reply, ids)];
  return other === undefined ? undefined : { kind: 'database', id: other };
}

/** Replaces the buttons of a settled question back by what was chosen. */
export async function markChosen(
  { run, choice, messageTs }: Settled,
  by: string,
  { store, cosmetic }: { readonly store: Store; readonly cosmetic: WebClient },
): Promise<void> {
  const ts = messageTs ?? store.posted(run.id, 'clarify');
  if (!ts) return;
  const { text, blocks } = chosenView(run.result?.prompt ?? '', labelOf(choice, run), by);
  await cosmetic.chat
    .update({ channel: placeOf(run).channel, ts, text, blocks: blocks as never, link_names: false, parse: 'none' })
    .catch(() => undefined);
}

function labelOf(choice: Choice, asked: Run): string {
  if (choice.kind === 'none') return 'none of these';
  return choice.kind === 'database' ? choice.id : (asked.result?.options?.[choice.at] ?? '');
}

const ORDINALS = ['first', 'second', 'third', 'fourth'];
/** A longer reply is a question of its own. */
const REPLY_WORDS = 8;
const NO_OPTION =
  /^(?:none|neither|no|nope|something else|another one|not? (?:any )?of (?:these|them|those)|none of (?:these|them|those))$/;
const YES = /^(?:yes|yep|yeah|yes please|sure|exactly|that one|it should)$/;

/**
 * The option that a typed reply means: its name, its number, its place, or words that fit it and no other ("the one with the
 * invoices"); "yes" where there is only one. An option that is called "none" is meant by its name. `words` are each option's own:
 * its name, tables and description.
 */
export function chosenOption(
  reply: string,
  options: readonly string[],
  words: readonly string[] = options,
): Choice | undefined {
  const text = plainReply(reply);
  const option = (at: number): Choice | undefined => (at in options ? { kind: 'option', at } : undefined);
  const named = option(namedOption(reply, options));
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

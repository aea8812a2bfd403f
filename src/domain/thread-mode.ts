/** To whom the bot listens in a thread where it answered: to mentions alone, to who asked there as well, to everybody. */
export const THREAD_MODES = ['mention', 'asker', 'open'] as const;
export type ThreadMode = (typeof THREAD_MODES)[number];

const COMMANDS: readonly (readonly [ThreadMode, RegExp])[] = [
  ['mention', /^(?:please )?(?:be )?quiet(?: on)?(?: please)?$/],
  ['asker', /^(?:quiet off|listen(?: to (?:me|the asker|who asked))?)$/],
  ['open', /^listen to (?:everybody|everyone|all|anyone)$/],
];

/** The mode that a message asks for; nothing where it is a question. */
export function readModeCommand(text: string): ThreadMode | undefined {
  const said = text
    .toLowerCase()
    .replace(/[.!]+$/, '')
    .trim();
  return COMMANDS.find(([, form]) => form.test(said))?.[0];
}

/** What it does from now on, one sentence. */
export function sayMode(mode: ThreadMode): string {
  switch (mode) {
    case 'mention':
      return 'I answer here only where I am mentioned. “listen” with a mention of me changes that.';
    case 'asker':
      return 'Who asked me here needs no mention to go on; “quiet” with a mention of me changes that.';
    case 'open':
      return 'I take every reply here for a question; “quiet” with a mention of me changes that.';
  }
}

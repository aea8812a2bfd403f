import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessRule } from '#src/domain/access.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { elementsOf, type HeldElement, keyOf, type Node } from '#src/sandbox/elements.ts';
import type { SandboxMessage } from '#src/sandbox/workspace.ts';
import { OPENING } from '#src/slack/modals/register-modals.ts';
import type { slowDatabases } from '#test/support/slow-databases.ts';
import { eventually } from '#test/support/wait.ts';
import { type Bot, invite } from './fault-runs.ts';

/** What the bot is started with, so that every modal can be reached. */
export const FOR_MODALS = { QUERENT_ADMINS: 'U0NORA', QUERENT_NETWORKS: 'loopback', QUERENT_RUNS_PER_TEAM: '10' };

const ADMIN = 'U0NORA';
const ADMINS_PLACE = 'D0NORA';
const ASKER = 'U0MILES';
/** Longer than the whole takes. */
const SLOW_MS = 600_000;
/** Questions that hang on the database meanwhile. */
const HANGING = 10;
/** More than Home lists. */
const REVIEWS = 6;
/** A modal is filled in so long, or shows that it loads: some wait for the database. */
const FILLED_MS = 1_500;

export interface ModalTime {
  readonly what: string;
  /** From the press to the call that opens, pushes or replaces a view, as the sandbox receives it. */
  readonly ms: number;
}

export interface ModalTimes {
  readonly times: readonly ModalTime[];
  /** Buttons that open a modal and were not reached. */
  readonly missed: readonly string[];
}

/** Opens every modal that there is, some times, while the databases behind are slow. */
export async function modalTimes(
  bot: Bot,
  databases: ReturnType<typeof slowDatabases>,
  rounds: number,
): Promise<ModalTimes> {
  const hanging = invite(bot, HANGING);
  const starts = await prepared(bot, hanging);
  databases.slowAllThrough(SLOW_MS);
  for (const person of hanging) bot.sandbox.say(person, 'C0GENERAL', '<@U0QUERENT> How many refunds are there?');
  await eventually('all statements to hang', () => databases.begun.length >= HANGING);
  const times: ModalTime[] = [];
  const reached = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const walk = new Walk(bot, times);
    for (const start of starts) await walk.from(start);
    for (const what of walk.known) reached.add(what.split(' ')[0] ?? '');
  }
  databases.letGo();
  return { times, missed: OPENING.map(String).filter((id) => !reached.has(id)) };
}

/** A first press that opens a modal, by whom. */
interface Start {
  readonly what: string;
  readonly user: string;
  press(): unknown;
}

interface Step {
  readonly what: string;
  readonly key: string;
  readonly value: string;
}

/** What is put into forms behind which there is a further button, and how that is seen. */
const LEADS_ON: Readonly<
  Record<string, { readonly values: Readonly<Record<string, string>>; readonly until: RegExp }>
> = {
  querent_access_see: { values: { person: ADMIN }, until: /querent_access_back/ },
};

/** Goes from modal to modal, by each button once. */
class Walk {
  readonly known = new Set<string>();
  readonly #bot: Bot;
  readonly #times: ModalTime[];

  constructor(bot: Bot, times: ModalTime[]) {
    this.#bot = bot;
    this.#times = times;
  }

  async from(start: Start): Promise<void> {
    if (this.known.has(start.what)) return;
    await this.#timed(start.what, start.press);
    await this.#further(start, []);
    this.#bot.sandbox.closeView(start.user, true);
  }

  /** Every button of the modal that stands now, and of those that they open. */
  async #further(start: Start, path: readonly Step[]): Promise<void> {
    const { sandbox } = this.#bot;
    await this.#filled(start.user);
    for (const step of stepsIn(blocksOf(sandbox.modalOf(start.user)))) {
      if (this.known.has(step.what)) continue;
      await this.#timed(step.what, () => sandbox.pressInView(start.user, step.key, step.value));
      await this.#arrived(start.user, step.what);
      await this.#further(start, [...path, step]);
      await this.#again(start, path);
    }
  }

  async #again(start: Start, path: readonly Step[]): Promise<void> {
    const { sandbox } = this.#bot;
    sandbox.closeView(start.user, true);
    await start.press();
    await eventually('the modal', () => sandbox.modalOf(start.user));
    await this.#filled(start.user);
    for (const { what, key, value } of path) {
      await sandbox.pressInView(start.user, key, value);
      await this.#arrived(start.user, what);
    }
  }

  /** Until the modal that a button opens is filled; a form that leads on is sent. */
  async #arrived(user: string, what: string): Promise<void> {
    const { sandbox } = this.#bot;
    await this.#filled(user);
    const { values, until } = LEADS_ON[what] ?? {};
    if (!values) return;
    await sandbox.submit(user, values);
    await eventually('what the form leads to', () => until?.test(JSON.stringify(sandbox.modalOf(user))));
  }

  async #timed(what: string, press: () => unknown): Promise<void> {
    this.known.add(what);
    const { promise: opened, resolve } = Promise.withResolvers<number>();
    const unhear = this.#bot.sandbox.journal.onEntry(({ kind, name, sent }) => {
      // What fills a modal is an update, too; what opens it loads.
      if (kind === 'call' && /^views\.(?:open|push|update)$/.test(name) && loads(sent)) resolve(performance.now());
    });
    const pressed = performance.now();
    await press();
    this.#times.push({ what, ms: (await opened) - pressed });
    unhear();
  }

  async #filled(user: string): Promise<void> {
    await sleep(50); // a view that replaces another loads first
    const filled = () => !loads(this.#bot.sandbox.modalOf(user));
    await eventually('it to be filled', filled, FILLED_MS).catch(() => undefined);
  }
}

/** Whether a view, or the call with it, is what stands there until it is filled. */
const loads = (held: unknown) => held === undefined || JSON.stringify(held).includes('Loading …');

const blocksOf = (view: Node | undefined) => (view?.blocks ?? []) as readonly unknown[];

const isOpening = (actionId: string) =>
  OPENING.some((id) => (typeof id === 'string' ? id === actionId : id.test(actionId)));

/** What of the menu under an answer opens a modal. */
const PICKS = ['sql', 'edit-question'];

function stepsIn(blocks: readonly unknown[]): readonly Step[] {
  return elementsOf(blocks).flatMap((held) =>
    valuesOf(held).map(({ pick, value }) => ({ what: [held.actionId, ...pick].join(' '), key: keyOf(held), value })),
  );
}

function valuesOf({
  actionId,
  element,
}: HeldElement): readonly { readonly pick: readonly string[]; readonly value: string }[] {
  const values = ((element.options ?? []) as readonly Node[]).map(({ value }) => String(value));
  if (actionId === 'querent_more')
    return values.flatMap((value) => {
      const pick = PICKS.filter((one) => value.endsWith(`:${one}`));
      return pick.length ? [{ pick, value }] : [];
    });
  if (!isOpening(actionId)) return [];
  const bad = element.negative_button as Node | undefined;
  return [{ pick: [], value: String(bad?.value ?? values[0] ?? element.value ?? '') }];
}

/** Makes what modals are about, and gives all ways to a first one. */
async function prepared(bot: Bot, askers: readonly string[]): Promise<readonly Start[]> {
  const { sandbox } = bot;
  const { answer } = await bot.ask('<@U0QUERENT> How many refunds are there?', { channel: 'C0GENERAL', user: ADMIN });
  const declined: SandboxMessage[] = [];
  for (let nth = 0; nth < REVIEWS; nth += 1)
    declined.push(
      (await bot.ask('how are the gronkles doing in secret?', { channel: ADMINS_PLACE, user: ADMIN })).answer,
    );
  await grant(bot, 'shop', [ADMIN, ...askers]);
  await grant(bot, 'desk', [ADMIN]);
  const desk = (await bot.parts.store.databases()).find(({ id }) => id === 'desk');
  if (desk) await bot.parts.store.saveDatabase({ ...desk, secret: 'sealed' });
  const refused = await bot.ask('How many refunds are there?', { channel: 'D0MILES', user: ASKER });
  const request = await requested(bot, refused.answer);
  const setup = await failedSetup(bot);
  sandbox.openHome(ADMIN);
  const home = await eventually('the Home of the admin', () => sandbox.homeOf(ADMIN));
  const messageOfAsker = sandbox.say(ASKER, 'C0GENERAL', 'How many tickets are there?');
  return [
    ...inMessage(bot, ADMIN, answer),
    // Under a query that failed there is a button of its own for what stands in the menu here.
    {
      what: 'querent_sql',
      user: ADMIN,
      press: () => sandbox.press(ADMIN, answer.channel, answer.ts, 'querent_sql', runOf(answer)),
    },
    ...declined.flatMap((one) => inMessage(bot, ADMIN, one)),
    ...inMessage(bot, ASKER, refused.answer),
    ...inMessage(bot, ADMIN, request),
    ...inMessage(bot, ADMIN, setup),
    ...stepsIn(blocksOf(home)).map(({ what, key, value }) => ({
      what,
      user: ADMIN,
      press: () => sandbox.pressInView(ADMIN, key, value),
    })),
    ...['add', 'databases', 'access desk'].map((words) => ({
      what: `/querent ${words}`,
      user: ADMIN,
      press: () => sandbox.command(ADMIN, ADMINS_PLACE, `/querent ${words}`),
    })),
    { what: 'global shortcut', user: ADMIN, press: () => sandbox.shortcut(ADMIN, 'ask_global') },
    {
      what: 'message shortcut',
      user: ADMIN,
      press: () => sandbox.messageShortcut(ADMIN, 'C0GENERAL', messageOfAsker.ts, 'ask_about_message'),
    },
  ];
}

const runOf = ({ blocks }: SandboxMessage) => /"value":"([^":]+):sql"/.exec(JSON.stringify(blocks))?.[1] ?? '';

const grant = ({ querent }: Bot, databaseId: string, users: readonly string[]) =>
  querent.access.change(
    databaseId,
    () => users.map((id): AccessRule => ({ effect: 'grant', databaseId, to: { kind: 'user', id } })),
    OPERATOR,
  );

const inMessage = ({ sandbox }: Bot, user: string, { channel, ts, blocks }: SandboxMessage): readonly Start[] =>
  stepsIn(blocks).map(({ what, key, value }) => ({
    what,
    user,
    press: () => sandbox.press(user, channel, ts, key.split('/')[1] ?? '', value),
  }));

/** A request for access, as it stands before the admin. */
async function requested(bot: Bot, refusal: SandboxMessage): Promise<SandboxMessage> {
  inMessage(bot, ASKER, refusal)
    .find(({ what }) => what === 'querent_request_access')
    ?.press();
  await eventually('the form', () => /"reason"/.test(JSON.stringify(bot.sandbox.modalOf(ASKER) ?? '')));
  await bot.sandbox.submit(ASKER);
  bot.sandbox.closeView(ASKER, true);
  return toAdmin(bot, /asks for access/);
}

/** A registration that found nobody at its address. */
async function failedSetup(bot: Bot): Promise<SandboxMessage> {
  const { sandbox } = bot;
  await sandbox.command(ADMIN, ADMINS_PLACE, '/querent add');
  await eventually('the form', () => /"host"/.test(JSON.stringify(sandbox.modalOf(ADMIN) ?? '')));
  await sandbox.submit(ADMIN, {
    id: 'nowhere',
    description: 'A database whose server is not there.',
    engine: 'postgres',
    host: '127.0.0.1',
    port: '65000',
    database: 'nowhere',
    user: 'reader',
    tls: 'off',
    source: 'none',
  });
  sandbox.closeView(ADMIN, true);
  return toAdmin(bot, /nowhere/, /querent_setup_mend/);
}

const toAdmin = ({ sandbox }: Bot, says: RegExp, holds = /action_id/): Promise<SandboxMessage> =>
  eventually(`a message to the admin that says ${says}`, () =>
    sandbox.workspace.messages.find(
      ({ channel, user, text, blocks }) =>
        channel === ADMINS_PLACE && user === 'U0QUERENT' && says.test(text) && holds.test(JSON.stringify(blocks)),
    ),
  );

import { setUpCompletion, withIds } from './complete.ts';
import { setUpLab } from './lab.ts';
import { previewOf, setUpPreviews } from './preview.ts';
import { renderBlocks, renderMrkdwn } from './render.ts';
import { el, type Tree, toDom } from './tree.ts';
import { setUpViews } from './views.ts';

interface User {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly isBot: boolean;
  readonly deleted?: boolean;
}

interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im' | 'mpim';
  readonly external: boolean;
}

interface Hello {
  /** Sent anew because the workspace has changed. */
  readonly again: boolean;
  readonly bot: string;
  readonly traces: boolean;
  readonly users: User[];
  readonly channels: Channel[];
  readonly messages: Message[];
  readonly homeTab: boolean;
  readonly commands: readonly { readonly command: string; readonly usage_hint?: string }[];
  readonly shortcuts: readonly { readonly name: string; readonly type: string; readonly callback_id: string }[];
}

interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly onlyFor?: string;
  readonly files: readonly { readonly id: string; readonly name: string; readonly size: number }[];
  readonly edited: boolean;
  /** The run of the bot's that it is part of. */
  readonly run?: string;
}

const token = new URLSearchParams(location.search).get('token') ?? '';
const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const view = {
  acting: byId<HTMLSelectElement>('acting'),
  channels: byId<HTMLUListElement>('channels'),
  title: byId('title'),
  about: byId('about'),
  messages: byId('messages'),
  prompts: byId('prompts'),
  say: byId<HTMLTextAreaElement>('say'),
  composer: byId<HTMLFormElement>('composer'),
  thread: byId('thread'),
  replies: byId('replies'),
  reply: byId<HTMLTextAreaElement>('reply'),
  replyComposer: byId<HTMLFormElement>('reply-composer'),
  status: byId('status'),
  modal: byId<HTMLDialogElement>('modal'),
  tabs: byId('tabs'),
  home: byId('home'),
  shortcuts: byId('shortcuts'),
  trouble: byId('trouble'),
  offline: byId('offline'),
};

const state = {
  me: sessionStorage.getItem('me') ?? 'U0ADA',
  bot: '',
  /** Whether traces of answers can be shown. */
  traces: false,
  users: [] as User[],
  channels: [] as Channel[],
  messages: new Map<string, Message>(),
  channel: sessionStorage.getItem('channel') ?? '',
  thread: '',
  statuses: new Map<string, { readonly status: string; readonly stops: boolean }>(),
  prompts: [] as readonly string[],
  unread: new Set<string>(),
  /** Which tab of the direct messages with the bot is open. */
  tab: 'messages' as 'messages' | 'home',
  homeTab: false,
  commands: [] as Hello['commands'],
  shortcuts: [] as readonly { readonly name: string; readonly type: string; readonly callback_id: string }[],
  /** The channel in which something was just said that does not mention the bot. */
  unheard: '',
};

let source: EventSource | undefined;

function connect(): void {
  source?.close();
  source = new EventSource(`/stream?token=${encodeURIComponent(token)}&as=${encodeURIComponent(state.me)}`);
  const on = <T>(kind: string, handle: (data: T) => void) =>
    source!.addEventListener(kind, (event) => handle(JSON.parse((event as MessageEvent<string>).data) as T));
  on<Hello>('hello', (data) => {
    view.offline.hidden = true;
    Object.assign(state, {
      bot: data.bot,
      traces: data.traces,
      homeTab: data.homeTab,
      commands: data.commands,
      shortcuts: data.shortcuts,
      users: data.users,
      channels: data.channels,
      messages: new Map(data.messages.map((one) => [one.ts, one])),
    });
    if (!data.channels.some((one) => one.id === state.channel)) state.channel = data.channels[0]?.id ?? '';
    const direct = data.channels.find((one) => one.kind === 'im');
    if (direct && !data.again) void act({ kind: 'open', channel: direct.id });
    drawAll();
  });
  on<Message>('message', (message) => {
    state.messages.set(message.ts, message);
    const shown =
      message.channel === state.channel &&
      (!message.threadTs || message.threadTs === state.thread || document.body.dataset.wide === 'yes');
    if (!shown && message.user !== state.me) state.unread.add(message.channel);
    if (message.channel === state.channel && message.user === state.me && !message.threadTs) state.thread = message.ts;
    drawAll();
  });
  on<{ threadTs: string; status: string; stops?: boolean }>('status', ({ threadTs, status, stops }) => {
    if (status) state.statuses.set(threadTs, { status, stops: stops ?? false });
    else state.statuses.delete(threadTs);
    drawStatus();
  });
  on<{ prompts: string[] }>('prompts', ({ prompts }) => {
    state.prompts = prompts;
    drawPrompts();
  });
  on<{ ts: string }>('gone', ({ ts }) => {
    state.messages.delete(ts);
    if (state.thread === ts) state.thread = '';
    drawAll();
  });
  on<Parameters<typeof views.showModal>[0]>('view', (shown) => views.showModal(shown));
  on<Parameters<typeof views.showHome>[0]>('home', (shown) => views.showHome(shown));
  on<{ errors: Record<string, string> }>('view-errors', ({ errors }) => views.showErrors(errors));
  on<Parameters<typeof lab.told>[0]>('journal', (entry) => lab.told(entry));
  on<{ text: string }>('trouble', ({ text }) => tellTrouble(text));
  source.onerror = () => {
    view.offline.hidden = false;
  };
}

const nameOf = (id: string) => [...state.users, ...state.channels].find((one) => one.id === id)?.name ?? id;
const context = { nameOf };

function fill(target: Element, trees: readonly Tree[]): void {
  target.replaceChildren(...trees.map((tree) => toDom(tree, document)));
}

const lab = setUpLab(token);

const views = setUpViews({
  nameOf,
  act,
  people: () =>
    state.users.filter((user) => !user.isBot && !user.deleted).map(({ id, name }) => ({ value: id, label: name })),
  conversations: () =>
    state.channels
      .filter(({ kind }) => kind === 'public' || kind === 'private')
      .map(({ id, name }) => ({ value: id, label: `# ${name}` })),
});

let forgetting: ReturnType<typeof setTimeout> | undefined;

/** What Slack says in a corner when the app does not do its part. */
function tellTrouble(text: string): void {
  view.trouble.textContent = text;
  view.trouble.hidden = false;
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    view.trouble.hidden = true;
  }, 8_000);
}

async function act(body: Record<string, unknown>): Promise<unknown> {
  const response = await fetch(`/act?token=${encodeURIComponent(token)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: state.me, channel: state.channel, ...body }),
  }).catch(() => undefined);
  if (!response?.ok) view.offline.hidden = response !== undefined;
  return response?.headers.get('content-type')?.includes('json') ? response.json() : undefined;
}

/* ── drawing ── */

function drawAll(): void {
  drawSidebar();
  drawChannel();
  drawThread();
  drawPrompts();
}

function drawSidebar(): void {
  fill(
    view.acting,
    state.users
      .filter((user) => !user.isBot)
      .map((user) =>
        el(
          'option',
          { value: user.id, ...(user.id === state.me ? { selected: '' } : {}) },
          `${user.name} (${user.role})`,
        ),
      ),
  );
  fill(
    view.channels,
    state.channels.map((channel) => {
      const sign = { im: '●', mpim: '●●', private: '🔒', public: '#' }[channel.kind];
      const classes = [channel.id === state.channel ? 'current' : '', state.unread.has(channel.id) ? 'unread' : '']
        .join(' ')
        .trim();
      return el(
        'li',
        {},
        el(
          'button',
          { type: 'button', class: classes, 'data-channel': channel.id },
          el('span', { class: 'sign' }, sign),
          channel.name,
          channel.external ? el('span', { class: 'shared' }, 'shared') : '',
        ),
      );
    }),
  );
}

function drawChannel(): void {
  const channel = state.channels.find((one) => one.id === state.channel);
  if (!channel) return;
  drawTabs(channel);
  view.title.textContent = {
    im: 'Querent',
    mpim: channel.name,
    private: `# ${channel.name}`,
    public: `# ${channel.name}`,
  }[channel.kind];
  view.about.textContent =
    state.unheard === channel.id
      ? 'Sent, but Querent reads only what mentions @Querent'
      : channel.kind === 'im'
        ? 'Direct messages: no need to mention the bot'
        : channel.external
          ? 'Shared with another company: no data is answered here'
          : 'Mention @Querent and ask in plain words';
  view.say.placeholder = channel.kind === 'im' ? 'Ask a question…' : '@Querent how many orders did we ship last month?';
  const roots = [...state.messages.values()]
    .filter((message) => message.channel === state.channel && !message.threadTs)
    .sort(byTs);
  const welcome = roots.length
    ? []
    : [
        el(
          'div',
          { class: 'welcome' },
          el('h3', {}, 'Ask your data'),
          el(
            'p',
            {},
            'Querent finds the right database, writes the query, runs it read-only and explains the steps. Pick a question below or type your own.',
          ),
        ),
      ];
  fill(view.messages, [...welcome, ...roots.map((message) => drawMessage(message, true))]);
  finish(view.messages);
}

/** Home and Messages, where the direct messages with the bot are open and the app has a Home. */
function drawTabs(channel: Channel): void {
  const tabs = channel.kind === 'im' && state.homeTab;
  const home = tabs && state.tab === 'home';
  view.tabs.hidden = !tabs;
  for (const tab of view.tabs.querySelectorAll<HTMLElement>('[data-tab]'))
    tab.setAttribute('aria-selected', String((tab.dataset.tab === 'home') === home));
  view.home.hidden = !home;
  view.messages.hidden = home;
  view.composer.hidden = home;
  view.prompts.hidden = home;
  const all = state.shortcuts.filter(({ type }) => type === 'global');
  view.shortcuts.hidden = all.length === 0;
  fill(view.shortcuts.querySelector('div')!, all.map(shortcutButton));
}

const shortcutButton = (one: { readonly name: string; readonly callback_id: string }): Tree =>
  el('button', { type: 'button', 'data-shortcut': one.callback_id }, one.name);

/** The menu of a message: the app's shortcuts, and what its author may do. */
function messageMenu(message: Message): Tree | string {
  const shortcuts = state.shortcuts.filter(({ type }) => type === 'message').map(shortcutButton);
  const own =
    message.user === state.me
      ? ['Edit message', 'Delete message'].map((label) => el('button', { type: 'button', 'data-own': label }, label))
      : [];
  const all = [...shortcuts, ...own];
  return all.length && !message.onlyFor
    ? el('details', { class: 'message-menu' }, el('summary', { 'aria-label': 'More actions' }, '⋯'), el('div', {}, all))
    : '';
}

function drawThread(): void {
  const root = state.messages.get(state.thread);
  view.thread.hidden = !root;
  document.body.classList.toggle('in-thread', Boolean(root));
  if (!root) return;
  const open = openDetails(view.replies);
  const replies = [...state.messages.values()].filter((message) => message.threadTs === root.ts).sort(byTs);
  fill(
    view.replies,
    [root, ...replies].map((message) => drawMessage(message, false)),
  );
  for (const details of view.replies.querySelectorAll('details')) if (open.has(keyOf(details))) details.open = true;
  finish(view.replies);
  drawStatus();
}

const byTs = (a: Message, b: Message) => (a.ts < b.ts ? -1 : 1);
const keyOf = (details: Element) =>
  `${details.closest('[data-ts]')?.getAttribute('data-ts')}/${details.querySelector('summary')?.textContent}`;
const openDetails = (target: Element) => new Set([...target.querySelectorAll('details[open]')].map(keyOf));

function finish(target: HTMLElement): void {
  for (const table of target.querySelectorAll<HTMLElement>('.b-table')) {
    turn(table, 0);
    tellWidth(table);
    table.querySelector('.scroll')!.addEventListener('scroll', () => tellWidth(table), { passive: true });
  }
  showNewest(target);
}

const newest = new Map<HTMLElement, string>();

/** Brings a new message into view: its end, or its start where it is taller than the pane. Other changes move nothing. */
function showNewest(target: HTMLElement): void {
  const last = [...target.querySelectorAll<HTMLElement>('article')].at(-1);
  const key = `${state.channel}/${state.thread}/${last?.dataset.ts}`;
  if (!last || newest.get(target) === key) return;
  newest.set(target, key);
  last.scrollIntoView({ block: last.offsetHeight > target.clientHeight ? 'start' : 'end' });
}

function drawMessage(message: Message, inChannel: boolean): Tree {
  const replies = [...state.messages.values()].filter((one) => one.threadTs === message.ts);
  const author = state.users.find((user) => user.id === message.user);
  const time = new Date(Number(message.ts) * 1_000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const body = message.blocks.length
    ? renderBlocks(message.blocks, context)
    : [el('div', { class: 'b-section' }, [...renderMrkdwn(message.text, context)])];
  return el(
    'article',
    { class: `message${message.onlyFor ? ' ephemeral' : ''}`, 'data-ts': message.ts },
    el(
      'div',
      { class: `avatar${author?.isBot ? ' bot' : ''}`, 'aria-hidden': 'true' },
      (author?.name ?? '?').charAt(0),
    ),
    el(
      'div',
      { class: 'body' },
      el(
        'div',
        { class: 'meta' },
        el('strong', {}, author?.name ?? message.user),
        author?.isBot ? el('span', { class: 'app' }, 'APP') : '',
        el('time', {}, time),
        message.run && state.traces ? traceLink(message.run) : '',
        message.edited ? el('span', { class: 'edited' }, '(edited)') : '',
        messageMenu(message),
      ),
      message.onlyFor ? el('div', { class: 'only' }, 'Only visible to you') : '',
      body,
      message.files.flatMap((file) => [
        el(
          'a',
          { class: 'file', href: `/file/${file.id}?token=${encodeURIComponent(token)}`, download: file.name },
          el('span', { class: 'icon' }, '⬇'),
          file.name,
          el('span', { class: 'size' }, `${Math.max(1, Math.round(file.size / 1024))} KB`),
        ),
        previewOf(file.id, file.name),
      ]),
      inChannel
        ? el(
            'button',
            { type: 'button', class: 'replies', 'data-thread': message.ts },
            replies.length ? `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}` : 'Reply in thread',
          )
        : '',
    ),
  );
}

const traceLink = (run: string) =>
  el(
    'a',
    { class: 'trace', href: `/trace/${run}?token=${encodeURIComponent(token)}`, target: '_blank' },
    'How it was answered',
  );

function drawStatus(): void {
  const under = state.statuses.get(state.thread);
  view.status.hidden = !under;
  const stop = under?.stops ? el('button', { type: 'button', 'data-stop': state.thread }, 'Stop') : '';
  fill(view.status, under ? [`Querent ${under.status}`, stop] : []);
}

function drawPrompts(): void {
  const busy = [...state.messages.values()].some((message) => message.channel === state.channel);
  const shown = busy && document.body.clientWidth < 700 ? [] : state.prompts;
  fill(
    view.prompts,
    shown.map((prompt) => el('button', { type: 'button', 'data-prompt': prompt }, prompt)),
  );
}

/* ── tables: pages and sorting ── */

function turn(table: HTMLElement, by: number): void {
  const size = Number(table.dataset.pageSize);
  const rows = [...table.querySelectorAll<HTMLTableRowElement>('tbody tr')];
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(pages - 1, Math.max(0, Number(table.dataset.page ?? 0) + by));
  table.dataset.page = String(page);
  for (const [at, row] of rows.entries()) row.hidden = Math.floor(at / size) !== page;
  const pager = table.querySelector<HTMLElement>('.pager')!;
  pager.hidden = pages === 1;
  pager.querySelector('span')!.textContent =
    `${page * size + 1}–${Math.min(rows.length, (page + 1) * size)} of ${rows.length}`;
}

/** Says how many columns lie beyond the right edge. */
function tellWidth(table: HTMLElement): void {
  const edge = table.querySelector('.scroll')!.getBoundingClientRect().right + 1;
  const beyond = [...table.querySelectorAll('thead th')].filter((head) => head.getBoundingClientRect().right > edge);
  const hint = table.querySelector<HTMLElement>('.goes-on')!;
  hint.hidden = beyond.length === 0;
  hint.textContent = `${beyond.length} more ${beyond.length === 1 ? 'column' : 'columns'} to the right →`;
}

function sort(table: HTMLElement, column: number): void {
  const down = table.dataset.sorted === `${column}`;
  table.dataset.sorted = down ? `${column}d` : `${column}`;
  const body = table.querySelector('tbody')!;
  const key = (row: HTMLTableRowElement) => row.cells[column]!;
  const rows = [...body.rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    const numbers = x.dataset.number !== undefined && y.dataset.number !== undefined;
    const order = numbers
      ? Number(x.dataset.number) - Number(y.dataset.number)
      : x.textContent!.localeCompare(y.textContent!);
    return down ? -order : order;
  });
  body.replaceChildren(...rows);
  turn(table, -Number(table.dataset.page ?? 0));
}

/* ── what people do ── */

function send(text: string, thread?: string): void {
  const trimmed = text.trim();
  if (!trimmed) return;
  if (trimmed.startsWith('/') && thread === undefined) return void act({ kind: 'command', text: trimmed });
  const direct = state.channels.find((one) => one.id === state.channel)?.kind === 'im';
  const addressed = direct || thread !== undefined || /@querent\b/i.test(trimmed);
  state.unheard = addressed ? '' : state.channel;
  void act({ kind: 'say', text: withIds(trimmed, state), ...(thread ? { thread } : {}) });
}

/** A message that somebody wrote goes back into the composer, and is changed when it is sent. */
function changeOwn(what: string, message: Message | undefined): void {
  if (!message) return;
  if (what === 'Delete message') return void act({ kind: 'delete', ts: message.ts, channel: message.channel });
  const text = message.text.replaceAll(`<@${state.bot}>`, '@Querent');
  const changed = window.prompt('Edit message', text)?.trim();
  if (!changed || changed === text) return;
  void act({ kind: 'edit', ts: message.ts, channel: message.channel, text: withIds(changed, state) });
}

function ask(question: string): void {
  const direct = state.channels.find((one) => one.id === state.channel)?.kind === 'im';
  send(direct ? question : `@Querent ${question}`);
}

document.addEventListener('click', (event) => {
  const target = event.target as HTMLElement;
  const button = target.closest<HTMLElement>('[data-action]');
  const article = target.closest<HTMLElement>('[data-ts]');
  if (button && article) {
    const message = state.messages.get(article.dataset.ts!);
    button.classList.add('pressed');
    if (button.dataset.url) window.open(button.dataset.url, '_blank', 'noreferrer');
    void act({
      kind: 'press',
      ts: article.dataset.ts!,
      channel: message?.channel ?? state.channel,
      action: button.dataset.action!,
      value: button.dataset.value ?? '',
    });
    return;
  }
  const tab = target.closest<HTMLElement>('[data-tab]');
  if (tab) {
    state.tab = tab.dataset.tab === 'home' ? 'home' : 'messages';
    void act({ kind: state.tab === 'home' ? 'home' : 'open' });
    return drawChannel();
  }
  const shortcut = target.closest<HTMLElement>('[data-shortcut]');
  if (shortcut) {
    shortcut.closest('details')!.open = false;
    const about = article ? { kind: 'message-shortcut', ts: article.dataset.ts } : { kind: 'shortcut' };
    return void act({ ...about, callback: shortcut.dataset.shortcut });
  }
  const own = target.closest<HTMLElement>('[data-own]');
  if (own && article) return changeOwn(own.dataset.own!, state.messages.get(article.dataset.ts!));
  const stop = target.closest<HTMLElement>('[data-stop]');
  if (stop) return void act({ kind: 'stop', thread: stop.dataset.stop });
  const table = target.closest<HTMLElement>('.b-table');
  const pager = target.closest<HTMLElement>('[data-turn]');
  if (table && pager) return turn(table, Number(pager.dataset.turn));
  const head = target.closest<HTMLElement>('[data-sort]');
  if (table && head) return sort(table, Number(head.dataset.sort));
  const thread = target.closest<HTMLElement>('[data-thread]');
  if (thread) {
    state.thread = thread.dataset.thread!;
    drawThread();
    view.reply.focus();
    return;
  }
  const prompt = target.closest<HTMLElement>('[data-prompt]');
  if (prompt) return ask(prompt.dataset.prompt!);
  const channel = target.closest<HTMLElement>('[data-channel]');
  if (channel) {
    state.channel = channel.dataset.channel!;
    sessionStorage.setItem('channel', state.channel);
    state.unread.delete(state.channel);
    state.thread = '';
    document.body.classList.remove('in-menu');
    drawAll();
    view.say.focus();
  }
});

document.addEventListener('change', (event) => {
  const select = (event.target as HTMLElement).closest<HTMLSelectElement>('select[data-select]');
  const article = select?.closest<HTMLElement>('[data-ts]');
  if (!select?.value || !article) return;
  const message = state.messages.get(article.dataset.ts!);
  void act({
    kind: 'press',
    ts: article.dataset.ts!,
    channel: message?.channel ?? state.channel,
    action: select.dataset.select!,
    value: select.value,
  });
  // The same step may be asked for again.
  select.value = '';
});

byId('menu').addEventListener('click', () => document.body.classList.toggle('in-menu'));
byId('close-thread').addEventListener('click', () => {
  state.thread = '';
  drawThread();
  drawChannel();
});
view.acting.addEventListener('change', () => {
  state.me = view.acting.value;
  sessionStorage.setItem('me', state.me);
  Object.assign(state, { thread: '', channel: '' });
  views.showModal(null);
  views.showHome(null);
  connect();
});

for (const [form, input, thread] of [
  [view.composer, view.say, false],
  [view.replyComposer, view.reply, true],
] as const) {
  setUpCompletion(input, () => state);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(input.value, thread ? state.thread : undefined);
    input.value = '';
    input.style.removeProperty('height');
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === '@' && input.value === '' && !thread) {
      event.preventDefault();
      input.value = '@Querent ';
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !view.modal.open && state.thread) byId('close-thread').click();
});

window.addEventListener('resize', () => {
  for (const table of document.querySelectorAll<HTMLElement>('.b-table')) tellWidth(table);
});

setUpPreviews(token);
connect();

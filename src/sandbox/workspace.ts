/** The made-up workspace: people, conversations, messages and files, in memory, with a listener for every change. */
export interface SandboxUser {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly isBot: boolean;
  readonly guest: boolean;
  /** Belongs to another company. */
  readonly stranger: boolean;
  /** Of another workspace of the same Enterprise Grid. */
  readonly sibling?: true;
  /** Deactivated: the account is there, the person is not. */
  deleted?: true;
  /** IANA name, as Slack's `tz`. None of the seeded people has one, so that the machine's holds for them. */
  timeZone?: string;
}

export interface SandboxChannel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im' | 'mpim';
  /** Shared with another company. */
  external: boolean;
  /** Shared between workspaces of one Enterprise Grid. */
  readonly orgShared?: true;
  archived?: true;
  members: readonly string[];
}

export interface SandboxMessage {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly user: string;
  text: string;
  blocks: readonly unknown[];
  readonly metadata?: unknown;
  /** Shown to this user alone. */
  readonly onlyFor?: string;
  readonly files: readonly SandboxFile[];
  edited: boolean;
  /** While an app writes it piece by piece. */
  streaming?: 'in_progress' | 'completed' | 'errored';
}

export interface SandboxFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly content: Buffer;
}

export type Change =
  | { readonly kind: 'message'; readonly message: SandboxMessage }
  /** The one line under a thread: what the app says that it does, or that its session is under way. */
  | {
      readonly kind: 'status';
      readonly channel: string;
      readonly threadTs: string;
      readonly status: string;
      /** Whether a person can stop it. */
      readonly stops?: boolean;
    }
  /** People or conversations are others than before. */
  | { readonly kind: 'workspace' }
  | { readonly kind: 'prompts'; readonly channel: string; readonly prompts: readonly string[] }
  /** A person's message, or one to them alone, that is gone. */
  | { readonly kind: 'gone'; readonly message: SandboxMessage }
  /** The topmost view of somebody's modal; null where none is open. */
  | { readonly kind: 'view'; readonly user: string; readonly view: unknown }
  /** What stands under the fields of a view, by block. */
  | { readonly kind: 'view-errors'; readonly user: string; readonly view: string; readonly errors: unknown }
  | { readonly kind: 'home'; readonly user: string; readonly view: unknown }
  /** What Slack tells somebody when the app does not do its part. */
  | { readonly kind: 'trouble'; readonly user: string; readonly text: string };

export const TEAM = 'T0FERNHILL';
/** Another workspace of the same Enterprise Grid, the grid, and another company. */
export const SIBLING_TEAM = 'T0NORTH';
export const ENTERPRISE = 'E0FERNHILL';
const OTHER_COMPANY = 'T0ACME';
export const BOT_USER = 'U0QUERENT';
export const BOT_NAME = 'querent';

export class Workspace {
  users: readonly SandboxUser[] = [
    { id: 'U0ADA', name: 'Ada', role: 'analyst', isBot: false, guest: false, stranger: false },
    { id: 'U0MILES', name: 'Miles', role: 'manager', isBot: false, guest: false, stranger: false },
    { id: 'U0NORA', name: 'Nora', role: 'admin', isBot: false, guest: false, stranger: false },
    { id: 'U0GUS', name: 'Gus', role: 'guest', isBot: false, guest: true, stranger: false },
    { id: 'U0PIA', name: 'Pia', role: 'partner from outside', isBot: false, guest: false, stranger: true },
    { id: BOT_USER, name: 'Querent', role: 'app', isBot: true, guest: false, stranger: false },
  ];
  /** User groups and who is in them. */
  readonly groups: Record<string, readonly string[]> = { S0FINANCE: ['U0MILES', 'U0NORA'] };
  readonly channels: SandboxChannel[];
  /** Whether the workspace is one of an Enterprise Grid. */
  readonly grid: boolean;
  readonly messages: SandboxMessage[] = [];
  /** How far Slack's clock is ahead of the machine's; behind, where it is negative. */
  skewMs = 0;
  readonly #listeners = new Set<(change: Change) => void>();
  #lastTs = 0;
  #lastId = 0;

  /** @param grid adds a person of a sibling workspace and a channel that both workspaces share. */
  constructor({ grid = false }: { readonly grid?: boolean } = {}) {
    this.grid = grid;
    const sol: SandboxUser = {
      id: 'U0SOL',
      name: 'Sol',
      role: 'of the sister workspace',
      isBot: false,
      guest: false,
      stranger: false,
      sibling: true,
    };
    if (grid) this.users = [...this.users, sol];
    const everyone = this.users.filter((user) => !user.stranger && !user.guest && !user.sibling).map((user) => user.id);
    this.channels = [
      { id: 'C0GENERAL', name: 'ask-data', kind: 'public', external: false, members: everyone },
      { id: 'C0FINANCE', name: 'finance', kind: 'private', external: false, members: ['U0MILES', 'U0NORA', BOT_USER] },
      { id: 'C0PARTNERS', name: 'acme-partners', kind: 'public', external: true, members: [...everyone, 'U0PIA'] },
      ...this.users
        .filter((user) => !user.isBot && !user.stranger && !user.sibling)
        .map((user) => ({
          id: `D0${user.id.slice(2)}`,
          name: 'Querent',
          kind: 'im' as const,
          external: false,
          members: [user.id, BOT_USER],
        })),
      { id: 'G0PLANNING', name: 'Ada, Miles', kind: 'mpim', external: false, members: ['U0ADA', 'U0MILES', BOT_USER] },
    ];
    if (grid)
      this.channels.push({
        id: 'C0ORG',
        name: 'all-of-fernhill',
        kind: 'public',
        external: false,
        orgShared: true,
        members: [...everyone, 'U0SOL'],
      });
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  announce(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  channel(id: string): SandboxChannel | undefined {
    return this.channels.find((channel) => channel.id === id);
  }

  /** The workspace, or company, that somebody belongs to. */
  teamOf(id: string): string {
    const user = this.user(id);
    return user?.stranger ? OTHER_COMPANY : user?.sibling ? SIBLING_TEAM : TEAM;
  }

  /** The direct messages of the bot with these people; made where there are none. */
  directWith(people: readonly string[]): SandboxChannel | undefined {
    const members = [...new Set([...people, BOT_USER])].sort();
    const found = this.channels.find(
      ({ kind, members: all }) => (kind === 'im' || kind === 'mpim') && [...all].sort().join() === members.join(),
    );
    if (found || people.length < 2) return found;
    const name = people.map((id) => this.user(id)?.name ?? id).join(', ');
    const made: SandboxChannel = { id: this.nextId('G'), name, kind: 'mpim', external: false, members };
    this.channels.push(made);
    this.announce({ kind: 'workspace' });
    return made;
  }

  user(id: string): SandboxUser | undefined {
    return this.users.find((user) => user.id === id);
  }

  now(): number {
    return Date.now() + this.skewMs;
  }

  /** Seconds and microseconds, rising even within one millisecond. */
  nextTs(): string {
    this.#lastTs = Math.max(this.now() * 1_000, this.#lastTs + 1);
    return `${Math.floor(this.#lastTs / 1_000_000)}.${String(this.#lastTs % 1_000_000).padStart(6, '0')}`;
  }

  nextId(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}${String(this.#lastId).padStart(6, '0')}`;
  }

  post(
    message: Omit<SandboxMessage, 'ts' | 'edited' | 'files' | 'blocks'> & {
      readonly blocks?: readonly unknown[];
      readonly files?: readonly SandboxFile[];
    },
  ): SandboxMessage {
    const posted: SandboxMessage = {
      ...message,
      ts: this.nextTs(),
      edited: false,
      files: message.files ?? [],
      blocks: message.blocks ?? [],
    };
    this.messages.push(posted);
    this.announce({ kind: 'message', message: posted });
    return posted;
  }

  remove(message: SandboxMessage): void {
    const at = this.messages.indexOf(message);
    if (at < 0) return;
    this.messages.splice(at, 1);
    this.announce({ kind: 'gone', message });
  }

  find(channel: string, ts: string): SandboxMessage | undefined {
    return this.messages.find((message) => message.channel === channel && message.ts === ts);
  }

  file(id: string): SandboxFile | undefined {
    for (const message of this.messages) {
      const found = message.files.find((file) => file.id === id);
      if (found) return found;
    }
    return undefined;
  }
}

/** The made-up workspace: people, conversations, messages and files, in memory, with a listener for every change. */
export interface SandboxUser {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly isBot: boolean;
  readonly guest: boolean;
  /** Belongs to another company. */
  readonly stranger: boolean;
  /** IANA name, as Slack's `tz`. None of the seeded people has one, so that the machine's holds for them. */
  timeZone?: string;
}

export interface SandboxChannel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly external: boolean;
  readonly members: readonly string[];
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
}

export interface SandboxFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly content: Buffer;
}

export type Change =
  | { readonly kind: 'message'; readonly message: SandboxMessage }
  | { readonly kind: 'status'; readonly channel: string; readonly threadTs: string; readonly status: string }
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
export const BOT_USER = 'U0QUERENT';
export const BOT_NAME = 'querent';

export class Workspace {
  readonly users: readonly SandboxUser[] = [
    { id: 'U0ADA', name: 'Ada', role: 'analyst', isBot: false, guest: false, stranger: false },
    { id: 'U0MILES', name: 'Miles', role: 'manager', isBot: false, guest: false, stranger: false },
    { id: 'U0NORA', name: 'Nora', role: 'admin', isBot: false, guest: false, stranger: false },
    { id: 'U0GUS', name: 'Gus', role: 'guest', isBot: false, guest: true, stranger: false },
    { id: 'U0PIA', name: 'Pia', role: 'partner from outside', isBot: false, guest: false, stranger: true },
    { id: BOT_USER, name: 'Querent', role: 'app', isBot: true, guest: false, stranger: false },
  ];
  /** User groups and who is in them. */
  readonly groups: Readonly<Record<string, readonly string[]>> = { S0FINANCE: ['U0MILES', 'U0NORA'] };
  readonly channels: readonly SandboxChannel[];
  readonly messages: SandboxMessage[] = [];
  readonly #listeners = new Set<(change: Change) => void>();
  #lastTs = 0;
  #lastId = 0;

  constructor() {
    const everyone = this.users.filter((user) => !user.stranger && !user.guest).map((user) => user.id);
    this.channels = [
      { id: 'C0GENERAL', name: 'ask-data', kind: 'public', external: false, members: everyone },
      { id: 'C0FINANCE', name: 'finance', kind: 'private', external: false, members: ['U0MILES', 'U0NORA', BOT_USER] },
      { id: 'C0PARTNERS', name: 'acme-partners', kind: 'public', external: true, members: [...everyone, 'U0PIA'] },
      ...this.users
        .filter((user) => !user.isBot && !user.stranger)
        .map((user) => ({
          id: `D0${user.id.slice(2)}`,
          name: 'Querent',
          kind: 'im' as const,
          external: false,
          members: [user.id, BOT_USER],
        })),
    ];
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

  user(id: string): SandboxUser | undefined {
    return this.users.find((user) => user.id === id);
  }

  /** Seconds and microseconds, rising even within one millisecond. */
  nextTs(): string {
    this.#lastTs = Math.max(Date.now() * 1_000, this.#lastTs + 1);
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

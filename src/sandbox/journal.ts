/** One thing that went between Slack and the app: an event or interaction with its acknowledgement, or a call with its reply. */
export interface JournalEntry {
  readonly id: number;
  readonly at: number;
  readonly kind: 'event' | 'interaction' | 'call';
  /** The type of an event, or the method of a call. */
  readonly name: string;
  /** Until it was acknowledged, or answered. */
  ms?: number;
  /** `retry 2`, an error code, what was planted; nothing where all is well. */
  note?: string;
  failed: boolean;
  /** What was sent, and what came back. */
  readonly sent: unknown;
  got?: unknown;
}

/** What went on, the newest last; the oldest is let go. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  add(entry: Pick<JournalEntry, 'kind' | 'name' | 'sent'> & Partial<JournalEntry>): JournalEntry;
  /** Says that something has become known of an entry. */
  changed(entry: JournalEntry): void;
  onEntry(listener: (entry: JournalEntry) => void): () => void;
}

const MOST = 500;

export function openJournal(now: () => number): Journal {
  const entries: JournalEntry[] = [];
  const listeners = new Set<(entry: JournalEntry) => void>();
  let lastId = 0;
  const changed = (entry: JournalEntry) => {
    for (const listener of listeners) listener(entry);
  };
  return {
    entries,
    add(given) {
      lastId += 1;
      const entry = { failed: false, at: now(), ...given, id: lastId };
      entries.push(entry);
      if (entries.length > MOST) entries.shift();
      changed(entry);
      return entry;
    },
    changed,
    onEntry(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const LONGEST = 6_000;

/** An entry as the page gets it, what is long cut short. */
export function toPageEntry({ sent, got, ...entry }: JournalEntry) {
  const short = (value: unknown) => {
    const text = JSON.stringify(value, null, 1) ?? '';
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  };
  return { ...entry, sent: short(sent), got: got === undefined ? '' : short(got) };
}

import type { SchemaFingerprint } from '#src/domain/schema-fingerprint.ts';
import type { Format } from './format.ts';
import { fileOf, isOfPreferences } from './format.ts';
import type { GoldPair, Task } from './lesson.ts';

/** Counts by what is counted. */
export type Counts = Readonly<Record<string, number>>;

/** A file that went in. */
export interface CardSource {
  /** Its name; where it lay is nobody's business. */
  readonly file: string;
  readonly holds: 'pairs' | 'candidates' | 'steps';
  readonly sha256: string;
  readonly lines: number;
  /** Lines that could not be used, by why. */
  readonly unread: Counts;
  readonly licence: string | null;
}

export interface CardDatabase {
  readonly id: string;
  readonly pairs: number;
  /** Pairs that exploring it gave. */
  readonly explored: number;
  /** As they were: an adapter that is trained for it alone tells by them how much of it changed since. */
  readonly columns: SchemaFingerprint;
  readonly licence: string | null;
}

export interface CardTask {
  readonly file: string;
  readonly lines: number;
  readonly sha256: string;
  /** Signs of the longest line, for who has to choose a length. */
  readonly longest: number;
  readonly leftOut: Counts;
  /** What its lines were counted by: where the right one stands, what was wrong. */
  readonly notes: Readonly<Record<string, Counts>>;
}

/** What was kept apart. */
export interface CardApart {
  readonly files: readonly { readonly file: string; readonly sha256: string }[];
  readonly questions: number;
  readonly queries: number;
  /** Pairs whose question or query is among them: none of their lines was made. */
  readonly pairsLeftOut: number;
  /** Lines that were read again when they were made, and of them those that held such a question or query: they are not in the files. */
  readonly linesRead: number;
  readonly linesLeftOut: number;
}

/** A data card (docs/training.md#the-card): beside the lines, what they were made of and how. */
export interface DataCard {
  readonly version: 1;
  readonly at: string;
  readonly commit: string;
  readonly format: Format;
  readonly settings: {
    readonly seed: number;
    readonly style: string;
    readonly pipeline: string;
    readonly engine: string;
    readonly today: string;
    readonly augment: number;
    readonly personal: boolean;
    readonly oracle: boolean;
    readonly every: number;
    readonly limit: number | null;
  };
  readonly sources: readonly CardSource[];
  readonly databases: readonly CardDatabase[];
  readonly explored: readonly string[];
  readonly pairs: { readonly read: number; readonly taken: number; readonly leftOut: Counts };
  readonly apart: CardApart;
  readonly tasks: Readonly<Partial<Record<Task, CardTask>>>;
}

export const countOf = (all: readonly string[]): Counts =>
  Object.fromEntries([...Map.groupBy(all, (one) => one)].map(([name, same]) => [name, same.length]));

export const databasesOf = (
  pairs: readonly GoldPair[],
  schemas: ReadonlyMap<string, SchemaFingerprint>,
  licenceOf: (name: string) => string | null,
): readonly CardDatabase[] =>
  [...schemas].map(([id, columns]) => {
    const own = pairs.filter(({ databaseId }) => databaseId === id);
    const explored = own.filter(({ from }) => from === 'explored').length;
    return { id, pairs: own.length, explored, columns, licence: licenceOf(id) };
  });

const UNKNOWN = 'not told';

/** The card for people. */
export function cardText(card: DataCard): string {
  const { settings, sources, databases, apart, tasks, pairs } = card;
  const list = (counts: Counts) =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .join('; ') || '–';
  const made = Object.entries(tasks);
  return [
    '# Training data',
    '',
    `Made by Querent ${card.commit} on ${card.at.slice(0, 10)} for ${card.format === 'trl' ? 'TRL' : 'LLaMA-Factory'}; card.json has the same for programs.`,
    '',
    '| task | lines | longest (signs) | counted | left out |',
    '| --- | --- | --- | --- | --- |',
    ...made.map(([task, one]) => {
      const counted = Object.entries(one.notes).map(([name, counts]) => `${name}: ${list(counts)}`);
      return `| ${task} | ${one.lines} | ${one.longest} | ${counted.join('<br>') || '–'} | ${list(one.leftOut)} |`;
    }),
    '',
    `The loss is on the last message${made.some(([task]) => isOfPreferences(task as Task)) ? '; of preferences on what stands after `before`' : ''}.`,
    '',
    `Pairs: ${pairs.read} read, ${pairs.taken} taken; left out: ${list(pairs.leftOut)}.`,
    '',
    ...(apart.files.length
      ? [
          `Kept apart: ${apart.questions} questions and ${apart.queries} queries of ${apart.files.map(({ file }) => file).join(', ')}. ${apart.pairsLeftOut} pairs were left out for them, and of ${apart.linesRead} lines that were read again ${apart.linesLeftOut}: none of those questions or queries is in these files.`,
        ]
      : [
          'Nothing was kept apart (`--apart`): whether these lines hold questions that are measured with is not known.',
        ]),
    '',
    '| source | holds | lines | not used | licence | sha256 |',
    '| --- | --- | --- | --- | --- | --- |',
    ...sources.map(
      ({ file, holds, lines, unread, licence, sha256 }) =>
        `| ${file} | ${holds} | ${lines} | ${list(unread)} | ${licence ?? UNKNOWN} | ${sha256.slice(0, 16)} |`,
    ),
    '',
    `Explored: ${card.explored.join(', ') || 'none'}. Databases: ${databases.map(({ id, pairs: count, licence }) => `${id} (${count}${licence ? `, ${licence}` : ''})`).join(', ')}.`,
    '',
    `Settings: ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}.`,
    '',
    `Files: ${made
      .filter(([, { lines }]) => lines)
      .map(([task, { sha256 }]) => `${fileOf(task as Task)} ${sha256.slice(0, 16)}`)
      .join(', ')}.`,
    '',
  ].join('\n');
}

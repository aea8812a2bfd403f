import { createHash, type Hash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type CardTask, type Counts, countOf } from './data-card.ts';
import { fileOf } from './format.ts';
import type { Task } from './lesson.ts';

/** What counts a line, by its name: `position` of several, what was `wrong`. */
export type Notes = Readonly<Record<string, string | number | boolean>>;

/** The files of an export. They are written beside, and take their names together at the end: what was interrupted leaves nothing. */
export interface ExportFiles {
  add(task: Task, line: object, notes: Notes | undefined): void;
  leaveOut(task: Task, why: string): void;
  /** What each file came to. */
  tasks(): Readonly<Partial<Record<Task, CardTask>>>;
  /** Puts the files in their place, with others whose text is given. */
  finish(others: Readonly<Record<string, string>>): void;
  /** Takes away what was written so far, unless it is finished. */
  drop(): void;
}

interface OpenFile {
  readonly file: number;
  readonly hash: Hash;
  lines: number;
  longest: number;
  readonly leftOut: string[];
  readonly notes: Map<string, string[]>;
}

export function openExportFiles(out: string, tasks: readonly Task[]): ExportFiles {
  const parts = path.join(out, '.part');
  rmSync(parts, { recursive: true, force: true });
  mkdirSync(parts, { recursive: true });
  const open = new Map(
    tasks.map((task): [Task, OpenFile] => [
      task,
      {
        file: openSync(path.join(parts, fileOf(task)), 'w'),
        hash: createHash('sha256'),
        lines: 0,
        longest: 0,
        leftOut: [],
        notes: new Map(),
      },
    ]),
  );
  let isOpen = true;
  const close = () => {
    if (isOpen) for (const { file } of open.values()) closeSync(file);
    isOpen = false;
  };
  return {
    add(task, line, notes) {
      const one = open.get(task);
      if (!one) return;
      const text = `${oneLine(line)}\n`;
      writeSync(one.file, text);
      one.hash.update(text);
      one.lines += 1;
      one.longest = Math.max(one.longest, text.length);
      for (const [name, value] of Object.entries(notes ?? {})) {
        const own = one.notes.get(name) ?? [];
        one.notes.set(name, own);
        own.push(String(value));
      }
    },
    leaveOut: (task, why) => open.get(task)?.leftOut.push(why),
    tasks: () => Object.fromEntries([...open].map(([task, one]) => [task, cardOf(task, one)])),
    finish(others) {
      close();
      for (const [name, text] of Object.entries(others)) writeFileSync(path.join(parts, name), text);
      // A file without lines is one that trainers fail of.
      const [some, none] = [true, false].map((has) => tasks.filter((task) => (open.get(task)?.lines ?? 0) > 0 === has));
      for (const task of none ?? []) rmSync(path.join(out, fileOf(task)), { force: true });
      for (const name of [...(some ?? []).map(fileOf), ...Object.keys(others)])
        renameSync(path.join(parts, name), path.join(out, name));
      rmSync(parts, { recursive: true, force: true });
    },
    drop() {
      close();
      if (existsSync(parts)) rmSync(parts, { recursive: true, force: true });
    },
  };
}

/** JSON without what some readers of lines take for the end of one. */
const oneLine = (line: object): string =>
  JSON.stringify(line).replace(
    /[\u0085\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function cardOf(task: Task, { lines, hash, longest, leftOut, notes }: OpenFile): CardTask {
  const counts = [...notes].map(([name, values]): [string, Counts] => [name, countOf(values.toSorted())]);
  return {
    file: fileOf(task),
    lines,
    sha256: hash.copy().digest('hex'),
    longest,
    leftOut: countOf(leftOut),
    notes: Object.fromEntries(counts),
  };
}

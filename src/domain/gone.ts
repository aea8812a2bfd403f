import type { Column, Engine, Table } from './catalog.ts';
import { type FlagValue, flagOf } from './column-meaning.ts';
import { splitIdentifier } from './words.ts';

/** A flag that says whether a row's thing is there, with what it holds where it is and where it is not. */
export interface ThereFlag {
  readonly column: Column;
  readonly there: FlagValue;
  readonly gone: FlagValue;
  /** Its name says that something is there, not that it is gone. */
  readonly saysThere: boolean;
}

const THERE = /^(?:active|current|enabled|available|live|offered|employed)$/;
const GONE = /^(?:discontinued|inactive|archived|retired|terminated|obsolete|disabled|disposed|scrapped)$/;

/** The one flag of a table that says whether its things are there: `is_active`, `discontinued`. */
export function thereFlag({ columns }: Table, engine: Engine): ThereFlag | undefined {
  const flags = columns.flatMap((column): ThereFlag[] => {
    const words = splitIdentifier(column.title ?? column.name);
    const flag = flagOf(column, engine);
    if (!flag) return [];
    if (words.some((word) => THERE.test(word)) || /\bin (?:service|use|operation)$/.test(words.join(' ')))
      return [{ column, there: flag.yes, gone: flag.no, saysThere: true }];
    return words.some((word) => GONE.test(word)) ? [{ column, there: flag.no, gone: flag.yes, saysThere: false }] : [];
  });
  const [one, ...more] = flags;
  return more.length ? undefined : one;
}

const STATE = /^(?:status|state|stage|phase|condition)$/;
/** States in which something came to nothing, as databases store them. */
const CALLED_OFF =
  /^(?:cancel(?:l?ed)?|canc|void(?:ed)?|withdrawn|declined|failed|refunded|charged[ _-]?back|reversed|no[ _-]?show|dropped(?:[ _-]?out)?|deleted|abandoned|aborted)$/i;

/** A column of states with those of its values in which a row came to nothing: orders that were cancelled, students who dropped out. */
export interface CalledOff {
  readonly column: Column;
  readonly values: readonly string[];
}

/** The one column of a table that tells what came to nothing, where all of its values are known and others stand beside. */
export function calledOff({ columns }: Table): CalledOff | undefined {
  const found = columns.flatMap((column): CalledOff[] => {
    const { name, title, kind, values, valuesComplete } = column;
    if (kind !== 'text' || !valuesComplete || !STATE.test(splitIdentifier(title ?? name).at(-1) ?? '')) return [];
    const off = values.filter((value) => CALLED_OFF.test(value.trim()));
    return off.length && off.length < values.length ? [{ column, values: off }] : [];
  });
  const [one, ...more] = found;
  return more.length ? undefined : one;
}

import type { Engine } from '#src/domain/catalog.ts';

export type EngineFamily = 'sqlite' | 'postgres' | 'mysql';

export const familyOf = (engine: Engine): EngineFamily => (engine === 'mariadb' ? 'mysql' : engine);

interface FunctionInfo {
  /** The engines that have it, under its own name or the one in `as`. */
  readonly engines: ReadonlySet<EngineFamily>;
  readonly as: Readonly<Partial<Record<EngineFamily, string>>>;
}

const ALL: readonly EngineFamily[] = ['sqlite', 'postgres', 'mysql'];
const SERVERS: readonly EngineFamily[] = ['postgres', 'mysql'];

/**
 * The functions that EDL writes by name (docs/edl.md), with their name on each engine. The list is
 * closed: any other function is quoted, and compiled for its own engine only. It also has those that
 * one engine or two have and that say the same wherever they exist.
 */
const LIST: readonly (readonly [
  name: string,
  engines: readonly EngineFamily[],
  as?: Readonly<Partial<Record<EngineFamily, string>>>,
])[] = [
  ['COALESCE', ALL],
  ['NULLIF', ALL],
  ['ABS', ALL],
  ['ROUND', ALL],
  ['LENGTH', ALL, { mysql: 'CHAR_LENGTH' }],
  ['LOWER', ALL],
  ['UPPER', ALL],
  ['TRIM', ALL],
  ['LTRIM', ALL],
  ['RTRIM', ALL],
  ['REPLACE', ALL],
  ['INSTR', ALL, { postgres: 'STRPOS' }],
  ['FLOOR', ALL],
  ['CEIL', ALL],
  ['SQRT', ALL],
  ['POWER', ALL],
  ['EXP', ALL],
  ['LN', ALL],
  ['SIGN', ALL],
  ['MOD', ALL],
  ['GREATEST', ALL, { sqlite: 'MAX' }],
  ['LEAST', ALL, { sqlite: 'MIN' }],
  ['CONCAT', SERVERS],
  ['CONCAT_WS', SERVERS],
  ['LEFT', SERVERS],
  ['RIGHT', SERVERS],
  ['LPAD', SERVERS],
  ['RPAD', SERVERS],
  ['REVERSE', SERVERS],
  ['STDDEV', SERVERS],
  ['STDDEV_POP', SERVERS],
  ['STDDEV_SAMP', SERVERS],
  ['VARIANCE', SERVERS],
  ['VAR_POP', SERVERS],
  ['VAR_SAMP', SERVERS],
  ['TOTAL', ['sqlite']],
  ['AGE', ['postgres']],
  ['INITCAP', ['postgres']],
  ['SPLIT_PART', ['postgres']],
  ['DAYOFWEEK', ['mysql']],
  ['WEEKDAY', ['mysql']],
  ['DAYNAME', ['mysql']],
  ['MONTHNAME', ['mysql']],
  ['LAST_DAY', ['mysql']],
];

const BY_NAME = new Map(
  LIST.map(([name, engines, as = {}]) => {
    const info: FunctionInfo = { engines: new Set(engines), as };
    return [name, info] as const;
  }),
);

/** The engine's own name of an EDL function; undefined when the engine has none. */
export function functionOn(name: string, family: EngineFamily): string | undefined {
  const info = BY_NAME.get(name);
  return info?.engines.has(family) ? (info.as[family] ?? name) : undefined;
}

export const isKnownFunction = (name: string): boolean => BY_NAME.has(name);
export const knownFunctions = (): string[] => [...BY_NAME.keys()];

/** The EDL function that an engine's function is; undefined when EDL has no name for it. */
export function functionFrom(called: string, family: EngineFamily): string | undefined {
  const same = called === 'CEILING' ? 'CEIL' : called;
  return knownFunctions().find((name) => functionOn(name, family) === same);
}

/** Functions that EDL computes over a window (grammar: winfn). */
export const WINDOW_FUNCTIONS: ReadonlySet<string> = new Set(
  'RANK DENSE_RANK ROW_NUMBER NTILE LAG LEAD FIRST_VALUE LAST_VALUE SUM AVG COUNT MIN MAX'.split(' '),
);

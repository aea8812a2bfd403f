import { randomFrom } from '#src/evaluation/data/synthetic-company.ts';

/** Mutations of statements, from a seed: the same seed gives the same statements. */
export function* mutations(seeds: readonly string[], count: number, seed: number): Generator<string> {
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  for (let made = 0; made < count; made += 1) {
    let sql = pick(seeds);
    const steps = 1 + Math.floor(random() * 3);
    for (let step = 0; step < steps; step += 1) sql = pick(CHANGES)(sql, pick(seeds), random);
    yield sql;
  }
}

/** Strings of random characters, ASCII mostly. */
export function* randomStrings(count: number, seed: number): Generator<string> {
  const random = randomFrom(seed);
  for (let made = 0; made < count; made += 1) {
    const length = 1 + Math.floor(random() * 200);
    yield Array.from({ length }, () =>
      String.fromCharCode(random() < 0.9 ? 32 + Math.floor(random() * 95) : Math.floor(random() * 65_536)),
    ).join('');
  }
}

type Change = (sql: string, other: string, random: () => number) => string;

const tokens = (sql: string) => sql.match(/\w+|\s+|[^\w\s]/gu) ?? [];
const at = (length: number, random: () => number) => Math.floor(random() * length);

const CHANGES: readonly Change[] = [
  function swap(sql, _, random) {
    const parts = tokens(sql);
    const [left, right] = [at(parts.length, random), at(parts.length, random)];
    [parts[left], parts[right]] = [parts[right] ?? '', parts[left] ?? ''];
    return parts.join('');
  },
  function splice(sql, other, random) {
    const [left, right] = [tokens(sql), tokens(other)];
    return [...left.slice(0, at(left.length, random)), ...right.slice(at(right.length, random))].join('');
  },
  function insert(sql, other, random) {
    const [left, right] = [tokens(sql), tokens(other)];
    const start = at(right.length, random);
    left.splice(at(left.length, random), 0, ' ', ...right.slice(start, start + 4), ' ');
    return left.join('');
  },
  function remove(sql, _, random) {
    const parts = tokens(sql);
    parts.splice(at(parts.length, random), 1 + at(3, random));
    return parts.join('');
  },
  function changeCase(sql, _, random) {
    return [...sql].map((char) => (random() < 0.5 ? char.toUpperCase() : char.toLowerCase())).join('');
  },
  function comment(sql, _, random) {
    const parts = tokens(sql);
    const mark = ['/* x */', '-- x\n', '/*! x */', '/* /* */', '#', '--', '*/', '/**/'][at(8, random)]!;
    parts.splice(at(parts.length, random), 0, mark);
    return parts.join('');
  },
  function quote(sql, _, random) {
    const parts = tokens(sql);
    const place = at(parts.length, random);
    const [open, close] = [
      ["'", "'"],
      ['"', '"'],
      ['`', '`'],
      ['[', ']'],
      ['$$', '$$'],
      ["E'", "\\'"],
    ][at(6, random)]!;
    parts[place] = `${open}${parts[place]}${close}`;
    return parts.join('');
  },
  function unicode(sql, _, random) {
    const parts = tokens(sql);
    const char = ['\u00a0', '\u200b', '\u2028', '\ufeff', 'ß', '\u0130', '\ud800', '\u0000', '’', 'ｓ'][
      at(10, random)
    ]!;
    parts.splice(at(parts.length, random), 0, char);
    return parts.join('');
  },
];

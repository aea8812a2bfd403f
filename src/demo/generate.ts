import { COMPANY, type DemoSource } from './company.ts';

export interface DemoColumn {
  readonly name: string;
  readonly type: 'integer' | 'text' | 'decimal' | 'real' | 'date' | 'timestamp' | 'boolean';
  readonly comment?: string;
  readonly references?: string;
  readonly primary: boolean;
}

export type DemoCell = string | number | boolean | null;

export interface DemoTable {
  readonly name: string;
  readonly comment?: string;
  readonly columns: readonly DemoColumn[];
  readonly rows: readonly (readonly DemoCell[])[];
}

export interface DemoDatabase extends Omit<DemoSource, 'tables'> {
  /** In an order in which every key's target comes first. */
  readonly tables: readonly DemoTable[];
}

/** Years of history before `today`. */
const YEARS = 4;
const DAY = 86_400_000;

/** Makes the sample company; the same seed and day give the same rows. */
export function generateCompany(seed: number, today: string): DemoDatabase[] {
  return COMPANY.map(({ tables, ...source }, at) => ({
    ...source,
    tables: generateTables(tables, randomFrom(seed * 1_000 + at), today),
  }));
}

/** mulberry32: small, fast and the same everywhere. Gives numbers in [0, 1). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface ParsedTable {
  readonly name: string;
  readonly count: number;
  readonly comment?: string;
  readonly columns: readonly {
    readonly name: string;
    readonly kind: string;
    readonly nullable: boolean;
    readonly comment?: string;
  }[];
}

function parse(text: string): ParsedTable[] {
  const tables: (Omit<ParsedTable, 'columns'> & { columns: ParsedTable['columns'][number][] })[] = [];
  for (const line of text.split('\n').filter((one) => one.trim())) {
    const [declaration, comment] = line.split(' # ') as [string, string?];
    const [name, ...rest] = declaration.trim().split(' ') as [string, ...string[]];
    const said = comment === undefined ? {} : { comment: comment.trim() };
    if (!line.startsWith(' ')) {
      tables.push({ name, count: Number(rest[0]), columns: [], ...said });
      continue;
    }
    const kind = rest.join(' ');
    tables.at(-1)!.columns.push({ name, kind: kind.replace(/\?$/, ''), nullable: kind.endsWith('?'), ...said });
  }
  return tables;
}

function generateTables(text: string, random: () => number, today: string): DemoTable[] {
  const parsed = parse(text);
  const counts = new Map(parsed.map((table) => [table.name, table.count]));
  const made = parsed.map((table): DemoTable => {
    const end = Date.parse(today);
    const rows = Array.from({ length: table.count }, (_, at) => {
      // The later rows are denser: business grows, and orders come in the season.
      const share = Math.sqrt((at + random()) / table.count);
      const when = end - (1 - share) * YEARS * 365 * DAY;
      return table.columns.map((column) =>
        column.nullable && random() < 0.1 ? null : cell(column.kind, at, when, random, counts, end),
      );
    });
    const comment = table.comment === undefined ? {} : { comment: table.comment };
    return { name: table.name, ...comment, columns: table.columns.map((column) => toColumn(column)), rows };
  });
  return keysFirst(made);
}

function toColumn(column: ParsedTable['columns'][number]): DemoColumn {
  const [kind = '', argument] = column.kind.split(':');
  return {
    name: column.name,
    type: TYPES[kind] ?? 'text',
    primary: kind === 'pk',
    ...(column.comment === undefined ? {} : { comment: column.comment }),
    ...(kind === 'fk' ? { references: argument! } : {}),
  };
}

const TYPES: Readonly<Record<string, DemoColumn['type']>> = {
  pk: 'integer',
  fk: 'integer',
  int: 'integer',
  money: 'decimal',
  real: 'real',
  date: 'date',
  stamp: 'timestamp',
  bool: 'boolean',
};

function keysFirst(tables: readonly DemoTable[]): DemoTable[] {
  const ordered: DemoTable[] = [];
  const visit = (table: DemoTable) => {
    if (ordered.includes(table)) return;
    for (const { references } of table.columns) {
      const target = tables.find((other) => other.name === references);
      if (target) visit(target);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table);
  return ordered;
}

const FIRST =
  'Ada Bo Cato Dina Egil Freya Gina Hugo Ines Jonas Klara Luca Mina Nils Olga Pia Rafael Sara Tom Una Vera Wim Yara Zeno'.split(
    ' ',
  );
const LAST =
  'Aas Berg Costa Duarte Ek Fossum Garcia Haug Iversen Jansen Klein Lopes Moreau Nunes Olsen Petit Rossi Silva Thorsen Urbano Vidal Weiss'.split(
    ' ',
  );
const COMPANIES =
  'Acorn Birch Cedar Dale Elm Fjord Grove Heath Island Juniper Kettle Larch Meadow North Orchard Pine Quarry River Stone Thistle Upland Valley Willow'.split(
    ' ',
  );
const TRADES = [
  'Gardens',
  'Nursery',
  'Trading',
  'Logistics',
  'Foods',
  'Works',
  'Partners',
  'Media',
  'Hotels',
  'Services',
];
const GOODS = [
  'Trowel',
  'Spade',
  'Planter',
  'Lantern',
  'Bench',
  'Hose',
  'Pump',
  'Gloves',
  'Trellis',
  'Shed',
  'Rake',
  'Seed Mix',
  'Parasol',
  'Cold Frame',
];
const LOOKS = ['Classic', 'Copper', 'Compact', 'Deluxe', 'Green', 'Heavy', 'Light', 'Oak', 'Slate', 'Terracotta'];
const TOPICS = [
  'Spring planting',
  'Lawn care',
  'Safe lifting',
  'Balcony gardens',
  'Winter storage',
  'Composting',
  'Summer sale',
  'New arrivals',
  'Pond building',
  'Rose pruning',
  'Herb week',
  'Harvest days',
];
const COUNTRIES = ['Norway', 'Sweden', 'Portugal', 'France', 'Belgium', 'Italy', 'Spain', 'Germany'];
const CITIES = ['Oslo', 'Bergen', 'Lisbon', 'Porto', 'Lyon', 'Ghent', 'Turin', 'Malmo', 'Bilbao', 'Bremen'];
const SENTENCES = [
  'The parcel came late.',
  'Works as described.',
  'Could you call me back?',
  'The handle is loose.',
  'All fine now, thank you.',
  'Please send a new invoice.',
];

function cell(
  kind: string,
  at: number,
  when: number,
  random: () => number,
  counts: ReadonlyMap<string, number>,
  end: number,
): DemoCell {
  const [name, argument = ''] = kind.split(/:(.*)/s) as [string, string?];
  const one = <T>(items: readonly T[]) => items[Math.floor(random() ** 1.4 * items.length)]!;
  const [low, high] = (/^(-?[\d.]+)-(-?[\d.]+)$/.exec(argument)?.slice(1).map(Number) ?? [0, 1]) as [number, number];
  switch (name) {
    case 'pk':
      return at + 1;
    case 'fk':
      return 1 + Math.floor(random() ** 1.3 * (counts.get(argument) ?? 1));
    case 'pick':
      return one(argument.split(','));
    case 'pick!':
      return argument.split(',')[at] ?? `${argument.split(',')[0]} ${at}`;
    case 'int':
      return Math.round(low + random() * (high - low));
    case 'real':
      return Math.round((low + random() ** 1.5 * (high - low)) * 100) / 100;
    case 'money':
      return Math.round((low + random() ** 2 * (high - low)) * 100) / 100;
    case 'bool':
      return random() < 0.7;
    case 'date':
      return new Date(Math.min(end, when + (random() - 0.5) * 20 * DAY)).toISOString().slice(0, 10);
    case 'stamp':
      return new Date(Math.min(end, when)).toISOString().slice(0, 19).replace('T', ' ');
    case 'first':
      return one(FIRST);
    case 'last':
      return one(LAST);
    case 'person':
      return `${one(FIRST)} ${one(LAST)}`;
    case 'company':
      return `${one(COMPANIES)} ${one(TRADES)}`;
    case 'product':
      return `${one(LOOKS)} ${one(GOODS)}`;
    case 'topic':
      return one(TOPICS);
    case 'country':
      return one(COUNTRIES);
    case 'city':
      return one(CITIES);
    case 'email':
      return `${one(FIRST)}.${one(LAST)}@example.com`.toLowerCase();
    case 'sentence':
      return one(SENTENCES);
    case 'code':
      return `${String.fromCharCode(65 + Math.floor(random() * 26))}${String.fromCharCode(65 + Math.floor(random() * 26))}-${10_000 + at}`;
    default:
      throw new Error(`no kind of column is called ${name}`);
  }
}

import type { Table } from '#src/domain/catalog.ts';
import { type GrammarRules, grammarText, oneOf } from '#src/domain/gbnf.ts';
import { AGGREGATE_WORDS, JOIN_WORDS, LIKE_WORDS } from './phrases.ts';

/**
 * The grammar of a reply that is EDL in its brief form (N16, N17), in a fence, over these tables and columns and no others; or the line by
 * which the prompt lets a model say that it cannot. Steps are numbered from one and the last of them ends the query.
 */
export function edlGrammar(tables: readonly Table[]): string | undefined {
  const table = oneOf(tables.flatMap(({ name }) => writable(name)));
  const column = oneOf(tables.flatMap(({ columns }) => columns.flatMap(({ name }) => writable(name))));
  if (table === undefined || column === undefined) return undefined;
  return grammarText([
    ['root', '"```\\n" step1 "```" | "CANNOT: " [^\\n`]+'],
    ['table', table],
    ['column', column],
    ...numberedSteps(),
    ...STEPS,
    ...CONDITIONS,
    ...VALUES,
  ]);
}

/** A name that stands whole in brackets: a dot in it would be read as a qualifier, and a fence would end the reply. */
const writable = (name: string): readonly string[] => (/[[\]`.\u0000-\u001f\u007f]/.test(name) ? [] : [name]);

/** A model that goes on and on joining is through by then. */
const MOST_STEPS = 16;

const numberedSteps = (): GrammarRules =>
  Array.from({ length: MOST_STEPS }, (_, at): readonly [string, string] => {
    const number = at + 1;
    const goesOn = `step ".\\n" step${number + 1}`;
    const ends = number === 1 ? [] : ['last ".\\n"'];
    const body = [...(number === 1 ? [`from ".\\n" step2`] : number < MOST_STEPS ? [goesOn] : []), ...ends];
    return [`step${number}`, `"#${number}. " (${body.join(' | ')})`];
  });

const joinWords = [JOIN_WORDS.inner, JOIN_WORDS.left].map((words) => `"${words} "`).join(' | ');

const STEPS: GrammarRules = [
  ['step', 'from | join | keep | group | compute | last'],
  ['last', 'order | limit | select | set'],
  ['from', '"From " (named | ref " as [" alias "]")'],
  ['named', '"[" table "]" (" as [" alias "]")?'],
  ['join', `(${joinWords}) (named | ref " as [" alias "]") " on " condition`],
  ['keep', '"Keep " ("rows" | "groups") " of " ref " where " condition'],
  ['group', '"Group " ref " by " value (", " value)*'],
  ['compute', '"Compute [" made "] as " value'],
  ['order', '"Order " ref " by " key (", " key)*'],
  ['key', 'value (" ascending" | " descending")'],
  ['limit', '"Limit " ref " to " [1-9] [0-9]*'],
  ['select', '"Select " "distinct "? (item (", " item)* | "all columns") " in " ref'],
  ['item', 'value (" as [" made "]")?'],
  ['set', '"Apply " ("UNION" " ALL"? | "INTERSECT" | "EXCEPT") " to " ref " and " ref'],
  ['ref', '"#" [1-9] [0-9]?'],
  ['alias', '"T" [1-9] | [a-z] [a-z]? [1-9]? | table'],
  [
    'made',
    '([a-z] | "num" "ber"? | "count" | "total" | "sum" | "average" | "max" | "min" | "share" | "ratio" | "year") ("_" [a-z0-9]+)*',
  ],
];

const texts = [LIKE_WORDS.contains, LIKE_WORDS.starts, LIKE_WORDS.ends]
  .flatMap(({ plain, negated }) => [`"${plain}"`, `"${negated}"`])
  .join(' | ');

const CONDITIONS: GrammarRules = [
  ['condition', 'test ((" and " | " or ") test)*'],
  ['test', '"not "? ("there is " ("a" | "no") " row in " ref | "(" condition ")" | value " " predicate)'],
  [
    'predicate',
    `compare " " value | "is " "not "? ("null" | "between " value " and " value | "in " ("the result of " ref | "(" literal (", " literal)* ")")) | (${texts}) " " text | "is " "not "? "like " text`,
  ],
  ['compare', '"=" | "<>" | "!=" | "<" "="? | ">" "="?'],
  ['literal', 'number | text'],
];

const aggregates = [
  AGGREGATE_WORDS.count,
  AGGREGATE_WORDS.sum,
  AGGREGATE_WORDS.avg,
  AGGREGATE_WORDS.min,
  AGGREGATE_WORDS.max,
]
  .map((words) => `"${words}"`)
  .join(' | ');

const VALUES: GrammarRules = [
  ['value', 'term (" " [+*/-] " " term)*'],
  [
    'term',
    '"[" (alias ".")? column "]" | "[" (alias ".")? made "]" | number | text | ref | "(" value ")" | "count of rows" | aggregate | date',
  ],
  ['aggregate', `(${aggregates}) " of " "distinct "? term`],
  ['date', '"the " ("year" | "month" | "day") " of " term'],
  ['number', '"-"? [0-9]+ ("." [0-9]+)?'],
  ['text', `"'" ([^'\\n\`] | "''")* "'"`],
];

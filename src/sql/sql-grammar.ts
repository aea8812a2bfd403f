import type { Engine, Table } from '#src/domain/catalog.ts';
import { type GrammarRules, grammarText, literal, oneOf } from '#src/domain/gbnf.ts';
import { type EngineFamily, familyOf } from './functions.ts';
import { nameOn } from './print-names.ts';

/**
 * The grammar of a reply that is one SELECT of the engine, in a fence, over these tables and columns and no others. A column may stand
 * with any of the tables: which alias is which table no such grammar can say. What a query names itself (`AS total_sold`) begins with one
 * of a few words, so that it is no way round the names that are shown; a heading is free. Keywords are in upper case and names as they are stored.
 */
export function sqlGrammar(tables: readonly Table[], engine: Engine): string | undefined {
  const family = familyOf(engine);
  const table = oneOf(tables.flatMap((one) => tableForms(one, family)));
  const column = oneOf(
    tables.flatMap(({ columns }) => columns.flatMap(({ name }) => formsOf(name, family, family !== 'postgres'))),
  );
  if (table === undefined || column === undefined) return undefined;
  return grammarText([
    ['root', '"```sql\\n" statement ";"? "\\n```"'],
    ['table', table],
    ['column', column],
    ...QUERY,
    ...CONDITIONS,
    ...valueRules(family),
    ...literalRules(family),
  ]);
}

function tableForms({ schema, name }: Table, family: EngineFamily): readonly string[] {
  const forms = formsOf(name, family, family === 'sqlite'); // on MySQL the case of a table's name may be that of a file
  if (schema === undefined) return forms;
  return [...forms, ...formsOf(schema, family, false).flatMap((first) => forms.map((second) => `${first}.${second}`))];
}

/** Words that no engine reads as a name unless they are quoted. */
const KEYWORDS: ReadonlySet<string> = new Set(
  `all and as asc between by case check create cross default delete desc distinct drop else except exists foreign from group having
   in index inner insert intersect into is join left like limit natural not null on or order primary references right select set table
   then to union unique update using values when where with`.split(/\s+/),
);

/**
 * How a name may be written: as we print it and, where the engine reads it as well, without its quotes and in lower case, which models slip
 * into; held to the one spelling, `job_title` went on as `job_history`. A name that would end the fence is left out.
 */
function formsOf(name: string, family: EngineFamily, inAnyCase: boolean): readonly string[] {
  if (/[`\u0000-\u001f\u007f]/.test(name)) return [];
  const bare = family === 'postgres' ? /^[a-z_][a-z0-9_]*$/ : /^[A-Za-z_][A-Za-z0-9_]*$/;
  if (!bare.test(name) || KEYWORDS.has(name.toLowerCase())) return [nameOn(name, family)];
  return [nameOn(name, family), name, ...(inAnyCase ? [name.toLowerCase()] : [])];
}

const QUERY: GrammarRules = [
  ['statement', '("WITH" ws named ("," gap named)* ws)? query'],
  ['named', 'derived " AS (" gap query gap ")"'],
  [
    'query',
    'select (ws setop ws select)* (ws "ORDER BY" ws order ("," gap order)*)? (ws "LIMIT " whole (" OFFSET " whole)?)?',
  ],
  ['setop', '"UNION" " ALL"? | "INTERSECT" | "EXCEPT"'],
  ['select', '"SELECT" ws "DISTINCT "? item ("," gap item)* ws "FROM" ws source join* where? group?'],
  ['item', '"*" | alias ".*" | value (" AS " label)?'],
  ['source', 'table (" AS"? " " alias)? | "(" gap query gap ")" (" AS"? " " (derived | alias))? | derived'],
  [
    'join',
    '"," gap source | ws (("INNER" | "LEFT" " OUTER"?) " ")? "JOIN" ws source ws ("ON" ws condition | "USING (" column ")") | ws "CROSS JOIN " source',
  ],
  ['where', 'ws "WHERE" ws condition'],
  ['group', 'ws "GROUP BY" ws value ("," gap value)* (ws "HAVING" ws condition)?'],
  ['order', '(value | made) (" ASC" | " DESC")? (" NULLS " ("FIRST" | "LAST"))?'],
  // Short, so that a name that is not shown cannot be begun as one and must go on as one.
  ['alias', '"T" [1-9] | [a-z] [a-z]? [1-9]? | table'],
  ['derived', '("sub" "query"? | "derived" | "cte" | "ranked" | "totals") [1-9]?'],
  [
    'made',
    '("num" "ber"? | "count" | "total" | "sum" | "avg" | "average" | "max" | "min" | "share" | "percentage" | "ratio" | "difference") ("_" [a-z0-9]+)*',
  ],
  // A heading: no part of the query speaks of it by a name that does not begin as one of the above.
  ['label', '[A-Za-z] [A-Za-z0-9_]*'],
  ['ws', '" " | " "? "\\n" [ ]*'],
  ['gap', 'ws?'],
];

const CONDITIONS: GrammarRules = [
  ['condition', 'test (ws ("AND" | "OR") ws test)*'],
  ['test', '"NOT "? ("EXISTS (" gap query gap ")" | value predicate?)'],
  [
    'predicate',
    'gap compare gap value | " IS " "NOT "? "NULL" | " " "NOT "? (like " " value | "IN (" gap (query | values) gap ")" | "BETWEEN " value " AND " value)',
  ],
  ['compare', '"=" | "!=" | "<" [=>]? | ">" "="?'],
];

function valueRules(family: EngineFamily): GrammarRules {
  return [
    ['value', 'term (gap operator gap term)*'],
    ['values', 'value ("," gap value)*'],
    ['operator', `[+*/%-]${family === 'mysql' ? '' : ' | "||"'}`],
    [
      'term',
      `(alias "." column | derived "." (column | made) | column | number | text | "NULL" | "(" gap (query | condition) gap ")" | case | call window?${EXTRA_TERMS[family]})${family === 'postgres' ? ' ("::" type)?' : ''}`,
    ],
    [
      'call',
      `("COUNT(" | "count(") ("*" | "DISTINCT "? value) ")" | ("SUM" | "AVG" | "MIN" | "MAX" | "sum" | "avg" | "min" | "max") "(" "DISTINCT "? (value | made) ")" | "CAST(" value " AS " type ")" | function "(" values? ")"`,
    ],
    ['function', FUNCTIONS[family].map(literal).join(' | ')],
    [
      'window',
      `${family === 'mysql' ? '' : '" FILTER (WHERE " condition ")" | '}" OVER (" ("PARTITION BY " values)? " "? ("ORDER BY " order ("," gap order)*)? ")"`,
    ],
    ['case', '"CASE" (" " value)? (ws "WHEN " condition ws "THEN " value)+ (ws "ELSE " value)? ws "END"'],
    ['like', family === 'postgres' ? '"LIKE" | "ILIKE"' : '"LIKE"'],
    ['type', TYPES[family]],
  ];
}

const literalRules = (family: EngineFamily): GrammarRules => [
  ...(family === 'sqlite' ? [] : [UNITS]),
  ['number', '"-"? [0-9]+ ("." [0-9]+)?'],
  ['whole', '[0-9]+'],
  // No fence and no line break within a text; to MySQL `\` begins an escape.
  ['text', `"'" ([^'\\n\`${family === 'mysql' ? '\\\\' : ''}] | "''")* "'"`],
];

const COMMON = ['ROUND', 'ABS', 'COALESCE', 'NULLIF', 'LENGTH', 'LOWER', 'UPPER', 'TRIM', 'REPLACE', 'SUBSTR'];
const RANKS = ['RANK', 'DENSE_RANK', 'ROW_NUMBER', 'NTILE', 'LAG', 'LEAD'];

/** Those that questions need; the gate lets more pass. */
const FUNCTIONS: Readonly<Record<EngineFamily, readonly string[]>> = {
  sqlite: [...COMMON, ...RANKS, 'STRFTIME', 'DATE', 'DATETIME', 'JULIANDAY', 'IIF', 'INSTR', 'GROUP_CONCAT'],
  postgres: [
    ...COMMON,
    ...RANKS,
    'DATE_TRUNC',
    'TO_CHAR',
    'AGE',
    'NOW',
    'CONCAT',
    'STRING_AGG',
    'GREATEST',
    'LEAST',
    'CEIL',
    'FLOOR',
  ],
  mysql: [
    ...COMMON,
    ...RANKS,
    ...['YEAR', 'QUARTER', 'MONTH', 'DAY', 'DATE', 'DATE_FORMAT', 'DATEDIFF', 'TIMESTAMPDIFF', 'NOW', 'CURDATE'],
    ...['CONCAT', 'GROUP_CONCAT', 'IF', 'IFNULL', 'GREATEST', 'LEAST', 'CEIL', 'FLOOR'],
  ],
};

const UNITS = [
  'unit',
  '"YEAR" | "QUARTER" | "MONTH" | "WEEK" | "DAY" | "HOUR" | "MINUTE" | "SECOND" | "EPOCH"',
] as const;

const EXTRA_TERMS: Readonly<Record<EngineFamily, string>> = {
  sqlite: ' | "TRUE" | "FALSE" | "CURRENT_DATE" | "CURRENT_TIMESTAMP"',
  postgres:
    ' | "TRUE" | "FALSE" | "CURRENT_DATE" | "CURRENT_TIMESTAMP" | ("DATE " | "TIMESTAMP" "TZ"? " " | "INTERVAL ") text | "EXTRACT(" unit " FROM " value ")"',
  mysql:
    ' | "TRUE" | "FALSE" | "CURRENT_DATE" | "CURRENT_TIMESTAMP" | "INTERVAL " value " " unit | "EXTRACT(" unit " FROM " value ")"',
};

const TYPES: Readonly<Record<EngineFamily, string>> = {
  sqlite: '"INTEGER" | "REAL" | "TEXT" | "NUMERIC"',
  postgres: '"INTEGER" | "BIGINT" | "NUMERIC" | "numeric" | "REAL" | "FLOAT" | "TEXT" | "DATE" | "date" | "TIMESTAMP"',
  mysql: '"SIGNED" | "UNSIGNED" | "DECIMAL" ("(" [0-9]+ ("," gap [0-9]+)? ")")? | "CHAR" | "DATE" | "DATETIME"',
};

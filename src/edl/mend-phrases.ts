import { WANTED } from './phrases.ts';

/** Other words for what EDL says, as models write it: data of the mends (mend-words.ts). Lower case, blanks between words. */

/** What must follow a phrase for it to be meant: a step such as #1, or a number. */
type Next = 'step' | 'number';

/** Phrases and how they are read. */
export type Synonyms = readonly (readonly [said: readonly string[], put: string, next?: Next])[];

/** Only without groups: of these one would say which has how many. */
export const COUNT_ROWS = 'select the count of rows in';

/** The beginning of a step and how it is read; a verb that is EDL's own stands here only with words that EDL has not. */
export const VERBS: Synonyms = [
  [['then', 'next', 'finally', 'first', 'lastly', 'then ,', 'next ,', 'finally ,', 'first ,', 'lastly ,', 'we'], ''],
  [['filter', 'keep', 'reserve', 'keep only', 'filter by'], 'reserve rows of', 'step'],
  [
    [
      'filter rows of',
      'filter the rows of',
      'filter rows in',
      'filter rows from',
      'filter the results of',
      'keep only rows of',
      'keep only the rows of',
      'keep the rows of',
      'keep all rows of',
      'keep rows in',
      'keep rows from',
      'reserve rows in',
      'reserve rows from',
      'select rows of',
      'select rows from',
      'select the rows of',
    ],
    'reserve rows of',
    'step',
  ],
  [
    [
      'filter',
      'filter for',
      'filter by',
      'filter where',
      'filter rows where',
      'filter rows by',
      'filter the rows where',
      'keep where',
      'keep only rows where',
      'keep the rows where',
      'keep only those where',
      'keep rows with',
      'select rows where',
      'select the rows where',
      'reserve where',
      'where',
    ],
    'reserve rows where',
  ],
  [
    [
      'filter groups of',
      'filter the groups of',
      'keep the groups of',
      'keep only groups of',
      'keep groups in',
      'keep groups from',
      'keep grouped rows of',
      'keep the grouped rows of',
      'reserve groups of',
      'reserve the groups of',
    ],
    'reserve the grouped rows of',
    'step',
  ],
  [
    [
      'having',
      'filter groups where',
      'filter groups by',
      'keep only groups where',
      'keep the groups where',
      'keep grouped rows where',
      'keep groups with',
      'reserve groups where',
    ],
    'reserve the grouped rows where',
  ],
  [['return', 'output', 'display', 'give', 'print', 'report', 'project', 'list', 'choose', 'pick'], 'select'],
  [
    [
      'scan',
      'read',
      'load',
      'use',
      'start with',
      'start from',
      'begin with',
      'scan table',
      'get all rows from',
      'get rows from',
      'take all rows from',
      'take rows from',
      'read all rows from',
      'select all rows from',
      'select all the rows from',
      'fetch all rows from',
      'retrieve rows from',
      'retrieve from',
      'retrieve all rows of',
    ],
    'from',
  ],
  [['calculate', 'derive', 'define'], 'compute'],
  [['count', 'count rows in', 'count rows of', 'count the rows in', 'count the rows of'], COUNT_ROWS, 'step'],
  [['count all rows in', 'count all rows of', 'count the number of rows in'], COUNT_ROWS, 'step'],
  [
    [
      'take the first',
      'take the top',
      'take first',
      'take top',
      'take only the first',
      'take',
      'keep the first',
      'keep the top',
      'keep only the first',
      'keep first',
      'keep top',
      'select the first',
      'select the top',
      'return the first',
      'return the top',
      'show the first',
      'show the top',
    ],
    'limit to',
    'number',
  ],
  [
    ['limit the result to', 'limit the results to', 'limit results to', 'limit rows to', 'limit the rows to'],
    'limit to',
  ],
  [['limit the number of rows to', 'limit output to', 'limit the output to', 'limited to'], 'limit to'],
  [['sort rows by', 'sort the rows by', 'order rows by', 'order the rows by', 'sorted by', 'ordered by'], 'order by'],
  [['sort results by', 'sort the results by', 'order results by', 'order the results by'], 'order by'],
  [['group rows by', 'group the rows by', 'group results by', 'group the results by', 'grouped by'], 'group by'],
  [['union', 'union of', 'apply union on', 'take the union of'], 'apply union to', 'step'],
  [['union all', 'union all of'], 'apply union all to', 'step'],
  [
    ['intersect', 'intersection of', 'intersect the results of', 'take the intersection of'],
    'apply intersect to',
    'step',
  ],
  [['except', 'apply minus to', 'apply difference to', 'minus'], 'apply except to', 'step'],
  [['inner join with', 'join with', 'join table', 'join the table', 'join to'], 'join'],
  [['left join with', 'left join table', 'left outer join with'], 'left join'],
];

/** The beginning of a step that leaves one row. */
export const FIRST_ROW: readonly string[] = ['select', 'keep', 'take', 'return', 'show', 'get'].flatMap((verb) =>
  ['first', 'top'].flatMap((place) =>
    ['row', 'record', 'result'].flatMap((one) => [
      `${verb} the ${place} ${one}`,
      `${verb} only the ${place} ${one}`,
      `${verb} ${place} ${one}`,
    ]),
  ),
);

/** Words that mean a select or a scan, as the step names another step or not. */
export const GETS: readonly string[] = ['retrieve', 'get', 'fetch', 'find', 'take'];

/** What a sentence without a verb does, by the operator's label before it. */
export const VERB_OF_LABEL: ReadonlyMap<string, string> = new Map([
  ['scan table', 'from'],
  ['subquery', 'from'],
  ['join', 'join'],
  ['reserve rows', 'filter'],
  ['group', 'group'],
  ['having clause', 'having'],
  ['apply having clause', 'having'],
  ['sort row', 'order'],
  ['sort rows', 'order'],
  ['limit', 'limit'],
  ['select column', 'select'],
  ['select columns', 'select'],
  ['set operation', 'apply'],
  ['arithmetic calculation', 'compute'],
  ['date operation', 'compute'],
  ['case statement', 'compute'],
  ['window function', 'compute'],
  ['cast', 'cast'],
]);

/** Other words for a phrase that must stand where reading stopped. */
export const INSTEAD: ReadonlyMap<string, Synonyms> = new Map<string, Synonyms>([
  ['where', [[['with', 'such that', 'if', 'whose', 'having', 'in which', 'for which', 'when', 'on', ':'], 'where']]],
  ['by', [[['on', 'based on', 'according to', 'using', 'per', ':'], 'by']]],
  ['to', [[['by', 'at', ':', 'only'], 'to']]],
  ['as', [[['=', ':', 'to', 'to be', 'named', 'called'], 'as']]],
  ['in', [[['of', 'on', 'using', 'for', 'at', 'within', 'with', 'by'], 'in', 'step']]],
  ['and', [[[',', 'with', 'by', 'to'], 'and']]],
  ['operation', [[['on', 'of', 'between', 'for', 'over', 'with'], 'to', 'step']]],
  [
    'include the results in',
    [[['include', 'include the result in', 'include the result of'], 'include the results in']],
  ],
  [
    'exclude the results in',
    [[['exclude', 'exclude the result in', 'exclude the result of'], 'exclude the results in']],
  ],
  [
    'union',
    [
      [['minus', 'difference'], 'except'],
      [['intersection'], 'intersect'],
    ],
  ],
  [
    'starting at position',
    [[['starting at', 'starting from', 'from position', 'at position'], 'starting at position']],
  ],
  ['in format', [[['with format', 'formatted as', 'as'], 'in format']]],
  ['characters', [[['chars', 'letters'], 'characters']]],
  [
    WANTED.direction[1],
    [
      [
        [
          'from highest to lowest',
          'from high to low',
          'from largest to smallest',
          'from newest to oldest',
          'highest first',
          'largest first',
          'newest first',
          'latest first',
          'in decreasing order',
          'decreasing',
          'descending order',
          'desc order',
          'in the descending order',
          '( descending )',
          '( desc )',
        ],
        'in descending order',
      ],
      [
        [
          'from lowest to highest',
          'from low to high',
          'from smallest to largest',
          'from oldest to newest',
          'lowest first',
          'smallest first',
          'oldest first',
          'in increasing order',
          'increasing',
          'in alphabetical order',
          'alphabetically',
          'ascending order',
          'asc order',
          'in the ascending order',
          '( ascending )',
          '( asc )',
        ],
        'in ascending order',
      ],
    ],
  ],
]);

const withIs = (...words: readonly string[]): readonly string[] => words.flatMap((word) => [word, `is ${word}`]);

/** Other words for a comparison, where one must stand or a value after `is`. */
export const COMPARING: Synonyms = [
  [withIs('larger than', 'bigger than', 'higher than', 'greater than', 'more than', 'above', 'over', 'after'), '>'],
  [['exceeds', 'is greater', 'is later than', 'later than'], '>'],
  [withIs('smaller than', 'lower than', 'less than', 'fewer than', 'below', 'under', 'before', 'earlier than'), '<'],
  [
    withIs('greater or equal to', 'greater than or equal to', 'greater than or equals', 'at least', 'no less than'),
    '>=',
  ],
  [['is not less than', 'is greater than or equals to', 'is equal to or greater than', '> or ='], '>='],
  [
    withIs('less or equal to', 'less than or equal to', 'less than or equals', 'at most', 'no more than', 'up to'),
    '<=',
  ],
  [
    ['is not greater than', 'is not more than', 'is less than or equals to', 'is equal to or less than', '< or ='],
    '<=',
  ],
  [['equal to', 'equal', 'is equals to', 'is exactly', '= =', 'matches exactly'], '='],
  [['not equal to', 'not equals', 'is not equals', 'is different from', 'differs from', '! ='], '<>'],
  [['includes', 'contain', 'includes the text', 'contains the text'], 'contains'],
  [['does not include', 'not contains'], 'does not contain'],
  [['begins with', 'start with'], 'starts with'],
  [['end with'], 'ends with'],
  [['between'], 'is between'],
  [['not between'], 'is not between'],
  [['null'], 'is null'],
  [['not null'], 'is not null'],
  [['in'], 'is in', 'step'],
];

/** Words between values, and words that say nothing. */
export const ANYWHERE: Synonyms = [
  [['divided by'], '/'],
  [['multiplied by', 'times'], '*'],
  [['minus'], '-'],
  [['plus'], '+'],
  [['modulo'], '%'],
  [['concatenated with'], '||'],
  [['the difference of', 'the difference between'], 'the subtraction of'],
  [['the product of'], 'the multiplication of'],
  [['the ratio of', 'the quotient of'], 'the division of'],
  [['record ( s )'], 'records'],
  [['row ( s )'], 'rows'],
  [['in subquery', 'in the subquery', 'as a subquery'], 'in a subquery'],
];

/** Words of EDL's own with which a sentence begins. */
export const OWN_VERBS: readonly string[] =
  'from retrieve join left right full cross inner natural keep reserve group order sort limit select show apply compute extract cast'.split(
    ' ',
  );

/** Words that ask for something: a sentence that has one is no remark. */
export const ASKS: ReadonlySet<string> = new Set(
  'remove exclude drop ignore skip omit without except only distinct unique duplicates not'.split(' '),
);

/** Words of a sentence that says no more than that the result is the result. */
export const SAYS_RESULT: ReadonlySet<string> = new Set(
  'return output display show select give print the final result results rows answer of from in as is'.split(' '),
);

/** Words before a step that say nothing. */
export const FILLERS: ReadonlySet<string> = new Set(
  'the all rows row records results result groups output outputs data table step query of in from on to'.split(' '),
);

/** What stands for the step before. */
export const STEP_BEFORE: readonly string[] = [
  'the previous step',
  'previous step',
  'the last step',
  'the step before',
  'the previous result',
  'the previous results',
  'the above result',
  'the above results',
  'the above step',
  'the above',
  'above',
  'previous',
  'it',
  'them',
];

export const ORDINALS: readonly string[] = ['first', 'second', 'third', 'fourth', 'fifth'];

/** A further clause in a step, and the step that it is. */
export const FURTHER: Synonyms = [
  [['where', 'keep rows where'], 'reserve rows where'],
  [['group by', 'grouped by'], 'group by'],
  [['having', 'keep groups where'], 'reserve the grouped rows where'],
  [['order by', 'ordered by', 'sort by', 'sorted by'], 'order by'],
  [['limit to', 'limited to', 'limit', 'take the first'], 'limit to'],
  [['select', 'show', 'return'], 'select'],
  [['join', 'inner join'], 'join'],
  [['left join'], 'left join'],
];

/** Aggregates as SQL and people call them. */
export const AGGREGATES_SAID: ReadonlyMap<string, string> = new Map([
  ['count', 'count'],
  ['number', 'count'],
  ['sum', 'sum'],
  ['total', 'sum'],
  ['avg', 'average'],
  ['average', 'average'],
  ['mean', 'average'],
  ['min', 'minimum'],
  ['minimum', 'minimum'],
  ['max', 'maximum'],
  ['maximum', 'maximum'],
]);

/** Types as SQL calls them. */
export const TYPES_SAID: ReadonlyMap<string, string> = new Map([
  ['int', 'INTEGER'],
  ['float', 'REAL'],
  ['double', 'REAL'],
  ['numeric', 'DECIMAL'],
  ['varchar', 'TEXT'],
  ['char', 'TEXT'],
  ['string', 'TEXT'],
  ['datetime', 'TIMESTAMP'],
  ['bool', 'BOOLEAN'],
]);

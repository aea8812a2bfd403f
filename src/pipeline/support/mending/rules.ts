/**
 * What the program mends in a statement before a model is asked again, each with its measured gain (docs/figures.md): several
 * statements of one figure each, functions of another engine, figures of groups where none are made, texts in double quotes, names that the database lacks, joins by nothing, joins that nothing needs, periods
 * that do not end where the question's do, groups that add rows of one name together, dates that are taken from each other as numbers, and quotients without what is left over.
 */
export const MEND_RULES = [
  'statements',
  'dialects',
  'grouping',
  'texts',
  'names',
  'keys',
  'joins',
  'sides',
  'labels',
  'periods',
  'groups',
  'days',
  'quotients',
] as const;
export type MendRule = (typeof MEND_RULES)[number];

/**
 * What the program mends in a statement before a model is asked again, each with its measured gain (docs/figures.md): several
 * statements of one figure each, functions of another engine, texts in double quotes, names that the database lacks, joins by nothing, joins that nothing needs, figures of
 * two kinds together, keys that are shown for names, periods that do not end where the question's do, groups that add rows of one name together, and dates that are taken from
 * each other as numbers.
 */
export const MEND_RULES = [
  'statements',
  'dialects',
  'texts',
  'names',
  'keys',
  'joins',
  'sides',
  'labels',
  'periods',
  'groups',
  'days',
] as const;
export type MendRule = (typeof MEND_RULES)[number];

/**
 * What the program mends in a statement before a model is asked again, each with its measured gain (docs/figures.md): several
 * statements of one figure each, texts in double quotes, names that the database lacks, joins by nothing, joins that nothing needs, periods that do not end where the
 * question's do, and groups that add rows of one name together.
 */
export const MEND_RULES = ['statements', 'texts', 'names', 'keys', 'joins', 'periods', 'groups'] as const;
export type MendRule = (typeof MEND_RULES)[number];

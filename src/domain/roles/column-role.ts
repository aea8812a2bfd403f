/** What a column is to whoever asks of its table. Each column has exactly one role; the words are those of `--describe` and of configuration. */
export const COLUMN_ROLES = [
  'key',
  'reference',
  'additive measure',
  'other measure',
  'flag',
  'category',
  'label',
  'event date',
  'other date',
  'currency',
  'unit',
  'free text',
  'personal',
] as const;

export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** The role of a column, and why it is that: a phrase that stands after the role. */
export interface RoleReading {
  readonly role: ColumnRole;
  readonly because: string;
  /** An admin said so. */
  readonly configured?: true;
}

export const isColumnRole = (text: string): text is ColumnRole => COLUMN_ROLES.some((role) => role === text);

/** What each role means, for people who see it in a list or choose one. */
export const MEANING_OF_ROLE: Readonly<Record<ColumnRole, string>> = {
  key: 'tells the rows of its table apart',
  reference: 'names a row of another table, or a thing outside the database',
  'additive measure': 'a number whose sum means something',
  'other measure':
    'a number that is compared and averaged, and not added up unless one says so: a price, a rate, a rating',
  flag: 'says yes or no',
  category: 'one of a number of values that rows share',
  label: 'what a row of its table is called',
  'event date': 'when what a row tells of took place; periods are read on it',
  'other date': 'another date, year or time',
  currency: 'the currency that amounts are in',
  unit: 'the unit that quantities are in',
  'free text': 'words for people to read',
  personal: 'tells something of a person, and nothing that is measured or listed',
};

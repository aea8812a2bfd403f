const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');

/** Words that have an order of their own, from the least. What means the same place stands together. */
const SCALES: readonly (readonly (readonly string[])[])[] = [
  MONTHS.map((name) => [name, name.slice(0, 3)]),
  WEEKDAYS.map((name) => [name, name.slice(0, 3), ...(name.length > 8 ? [name.slice(0, 4)] : [])]),
  [
    ['none'],
    ['trivial', 'lowest', 'very low'],
    ['low'],
    ['normal', 'medium', 'moderate', 'average'],
    ['high'],
    ['highest', 'very high'],
    ['urgent'],
    ['critical', 'blocker'],
  ],
  [['trivial'], ['minor'], ['moderate', 'medium'], ['major'], ['severe'], ['critical'], ['fatal']],
  [
    ['xxs'],
    ['xs', 'extra small', 'tiny'],
    ['s', 'small'],
    ['m', 'medium'],
    ['l', 'large'],
    ['xl', 'extra large', 'huge'],
    ['xxl'],
  ],
  [['bronze'], ['silver'], ['gold'], ['platinum'], ['diamond']],
  [
    ['beginner', 'novice'],
    ['junior', 'intermediate', 'elementary'],
    ['mid', 'advanced'],
    ['senior', 'expert'],
    ['lead', 'master'],
    ['principal'],
  ],
  [['never'], ['rarely', 'seldom'], ['sometimes'], ['often'], ['always']],
  [['poor', 'bad'], ['fair'], ['good'], ['very good'], ['excellent']],
  [
    ['first', '1st'],
    ['second', '2nd'],
    ['third', '3rd'],
    ['fourth', '4th'],
    ['fifth', '5th'],
  ],
  [['first line'], ['second line'], ['third line']],
];

/**
 * The places of labels that have an order of their own (dates, numbers, months, weekdays, scales such as low to high), each label's in the
 * order given; undefined where they have none.
 */
export function ownPlaces(labels: readonly string[]): readonly number[] | undefined {
  const plain = labels.map((label) => label.trim().toLowerCase());
  if (plain.every((label) => /^\d{4}(?:-(?:\d\d|q[1-4]|w\d\d)){0,2}(?:[t ].*)?$/.test(label))) {
    const sorted = [...plain].sort();
    return plain.map((label) => sorted.indexOf(label));
  }
  if (plain.every((label) => /^-?\d+(?:\.\d+)?$/.test(label))) return plain.map(Number);
  // "Q1", "level 3", "20-29", "50+": one word before, and numbers that order them
  const numbered = plain.map((label) => /^([a-z ]*?)\s*(\d+)(?:\s*(?:-|–|to)\s*\d+|\+)?$/.exec(label));
  if (numbered.every((one) => one && one[1] === numbered[0]![1])) return numbered.map((one) => Number(one![2]));
  for (const scale of SCALES) {
    const places = plain.map((label) => scale.findIndex((words) => words.includes(label)));
    if (places.every((place) => place >= 0) && new Set(places).size > 1) return places;
  }
  return undefined;
}

/** The name of a month by its number, 1 to 12. */
export const monthName = (month: number): string | undefined =>
  MONTHS[month - 1]?.replace(/^./, (one) => one.toUpperCase());

export interface Superlative {
  readonly descending: boolean;
  /** Words of the column that is compared; none where the question names it ("highest salary"). */
  readonly hints: readonly string[];
  /** It may say how many there are of something: "the most students". */
  readonly counts?: true;
}

const UP = ['age', 'length', 'duration', 'size', 'area', 'population', 'height', 'weight', 'price', 'cost', 'amount'];
const SIZE = ['population', 'area', 'size', 'total', 'amount'];
export const PRICE = ['price', 'cost', 'fee', 'rate', 'amount', 'total'];
export const PAY = ['salary', 'pay', 'wage', 'compensation', 'income'];
const TIME = ['date', 'year', 'time', 'created', 'at'];

/** What a superlative compares by and in which direction. */
export const SUPERLATIVES: ReadonlyMap<string, Superlative> = new Map(
  Object.entries({
    highest: { descending: true, hints: ['height', ...UP] },
    largest: { descending: true, hints: [...SIZE, 'capacity', ...UP] },
    biggest: { descending: true, hints: [...SIZE, 'capacity', ...UP] },
    greatest: { descending: true, hints: [] },
    maximum: { descending: true, hints: [] },
    max: { descending: true, hints: [] },
    most: { descending: true, hints: [], counts: true },
    best: { descending: true, hints: ['score', 'rating', 'rank'] },
    lowest: { descending: false, hints: [] },
    smallest: { descending: false, hints: [...SIZE, 'capacity', ...UP] },
    least: { descending: false, hints: [], counts: true },
    fewest: { descending: false, hints: [], counts: true },
    minimum: { descending: false, hints: [] },
    min: { descending: false, hints: [] },
    oldest: { descending: true, hints: ['age'] },
    youngest: { descending: false, hints: ['age'] },
    longest: { descending: true, hints: ['length', 'duration', 'distance', 'minutes', 'hours', 'time'] },
    shortest: { descending: false, hints: ['length', 'height', 'duration', 'distance', 'minutes', 'hours'] },
    tallest: { descending: true, hints: ['height', 'stories', 'floors'] },
    heaviest: { descending: true, hints: ['weight'] },
    lightest: { descending: false, hints: ['weight'] },
    'highest paid': { descending: true, hints: PAY },
    'best paid': { descending: true, hints: PAY },
    'lowest paid': { descending: false, hints: PAY },
    'worst paid': { descending: false, hints: PAY },
    dearest: { descending: true, hints: PRICE },
    costliest: { descending: true, hints: PRICE },
    priciest: { descending: true, hints: PRICE },
    cheapest: { descending: false, hints: PRICE },
    'most expensive': { descending: true, hints: PRICE },
    'most costly': { descending: true, hints: PRICE },
    'most valuable': { descending: true, hints: ['value', 'worth', ...PRICE] },
    'least valuable': { descending: false, hints: ['value', 'worth', ...PRICE] },
    'least costly': { descending: false, hints: PRICE },
    'most populous': { descending: true, hints: ['population'] },
    'most populated': { descending: true, hints: ['population'] },
    'least populous': { descending: false, hints: ['population'] },
    'least populated': { descending: false, hints: ['population'] },
    'least expensive': { descending: false, hints: PRICE },
    newest: { descending: true, hints: ['date', 'year', 'created', 'at'] },
    latest: { descending: true, hints: TIME },
    'most recent': { descending: true, hints: TIME },
    earliest: { descending: false, hints: TIME },
    fastest: { descending: true, hints: ['speed'] },
    slowest: { descending: false, hints: ['speed'] },
    'longest serving': { descending: false, hints: ['hired', 'hire', 'joined', 'started', 'start'] },
    richest: { descending: true, hints: ['money', 'wealth', 'worth', 'income', 'salary'] },
    busiest: { descending: true, hints: [] },
  } satisfies Record<string, Superlative>),
);

/** What may be ranked: numbers and what lies on a time axis. */
export const RANKED_KINDS = ['number', 'date', 'timestamp'] as const;

/** Words that say how many there are of something: "the largest number of orders". */
export const COUNT_OF = '(?:number|count|amount|total number|total count|quantity)';

import type { Calendar } from '#src/domain/calendar.ts';
import { part } from '../pattern.ts';

/** A reply that may change the question before. */
export interface Change {
  readonly base: string;
  readonly change: string;
  /** It began with a word that leads on: "and", "only", "I mean". */
  readonly led: boolean;
  /** It ended in a word that says that it comes besides: "too", "as well", or is said to be shown. */
  readonly added: boolean;
  /** It ended in "please". */
  readonly polite: boolean;
  /** It asked for no more than that: "just", "only". */
  readonly only: boolean;
  readonly calendar: Calendar;
}

/** One way of changing a question: the question anew; undefined where the reply does not ask for that. */
export type Way = (change: Change) => string | undefined;

/** How whole questions begin; what begins otherwise and is short changes the one before. */
export const BEGINS =
  /^(?:what|which|who|whose|whom|how|when|where|why|show|list|give|find|count|tell|compare|get|display|is|are|was|were|do|does|did|can|could|i|we|please|top|total|average|number)\b/i;

/** What a question is grouped by. */
export const GROUPING = new RegExp(
  part` (?:by|per|for each|for every|in each|of each) (?:the )?[\p{L}_]+(?: [\p{L}_]+)?
    (?= (?:in|for|from|since|last|this|top|with|where|excluding|over|under|before|after|[\p{L}]+ed)\b|,|$)`,
  'iu',
);

export const COUNTS = /^(?:how many|(?:the |what is the )?(?:total )?(?:number|count) of) /i;

export const EXTREME = /(?<![\p{L}])(?:most|least|fewest|best|worst|[\p{L}]{2,}est)(?![\p{L}])/iu;

/** Columns that are listed at the end: ", name and city"; no condition. */
export const LIST_AT_END =
  /(?:,| –| -|:) (?!(?:in|from|for|of|at|on|by|per|with(?! their)|that|who|which|where|since|before|after|excluding|only|not|total|sorted|ordered)\b)[\p{L}_ ,+&]+$/iu;
export const ORDER_AT_END =
  /,? (?:(?:the )?[\p{L}]+(?: [\p{L}]+)? (?:first|on top)|(?:sorted|ordered|sort|order) by [\p{L} ]+)$/iu;

/** What is added stands before how rows are sorted. */
export function beforeOrder(base: string, more: string): string {
  const [order = ''] = ORDER_AT_END.exec(base) ?? [];
  const rest = base.slice(0, base.length - order.length);
  const [list = ''] = LIST_AT_END.exec(rest) ?? /,? total$/i.exec(rest) ?? [];
  return `${rest.slice(0, rest.length - list.length)}${more}${list}${order}`;
}

/** What is added is no part of what is shown besides, nor of what is left out. */
export function beforeExclusion(base: string, more: string): string {
  const order = ORDER_AT_END.exec(base)?.[0] ?? '';
  const rest = base.slice(0, base.length - order.length);
  const [last = ''] = /(?: with their [\p{L} ]+?)?(?: excluding [\p{L}\p{N} ]+)?$/iu.exec(rest) ?? [];
  return last ? `${rest.slice(0, rest.length - last.length)}${more}${last}${order}` : beforeOrder(base, more);
}

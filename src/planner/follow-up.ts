import type { Calendar } from '#src/domain/calendar.ts';
import type { Turn } from '#src/domain/question.ts';
import type { Way } from './follow-up/change.ts';
import {
  anyTime,
  besidePeriod,
  bounded,
  condition,
  narrowed,
  otherPeriod,
  periodBefore,
  sameOf,
  thoseWho,
  withoutSome,
} from './follow-up/conditions.ts';
import {
  besides,
  counted,
  exchanged,
  figureOf,
  howManyOf,
  insteadOfCount,
  listed,
  otherMeasure,
  shareOf,
  totalOf,
  whichOf,
} from './follow-up/figures.ts';
import { firstGroup, firstOf, firstRow, otherEnd, otherGrouping, otherLimit, sorted } from './follow-up/order.ts';
import { part } from './pattern.ts';

const LEAD = new RegExp(
  part`^(?:(?:and|or|but|so|ok|okay|no|then|now|also|what about|how about|what if|show(?: me)?|give me|make (?:it|that)
    |do (?:it|that)|only|just|instead|the same|same|please|i mean|i meant|rather)[ ,]+)+`,
  'i',
);
/** "instead of units": kept for what it exchanges. */
const INSTEAD_OF = / instead of (?:the )?([^?.!]+)(?=[ ?.!]*$)/i;
const TAIL = /[ ,]*(?:instead|too|as well|please|pls|again|then|though|now|only|rather)?[ ?.!]*$/i;

/** So many words that led to no answer are an attempt at a reply, and no question that others follow up. */
const ATTEMPT = 4;

/**
 * Merges a thread's turns, of which the last is asked now, into one question that stands alone. "and last year?" replaces
 * the period, "only the top 3" adds a limit, "by country instead" replaces the grouping, "and in Norway?" adds a
 * condition; anything else is a new question. What nothing came of in between ("why") is passed over.
 */
export function mergeTurns(
  turns: readonly Turn[],
  calendar: Calendar,
): { readonly text: string; readonly revised: boolean } {
  const [first, ...rest] = turns;
  return rest.reduce<{ readonly text: string; readonly revised: boolean }>(
    (merged, turn) => {
      const text = revise(merged.text, turn.text, calendar);
      if (text !== undefined) return { text, revised: true };
      const isAttempt =
        turn !== rest.at(-1) && turn.sql === undefined && turn.text.trim().split(/\s+/).length <= ATTEMPT;
      return isAttempt ? merged : { text: turn.text, revised: false };
    },
    { text: first?.text ?? '', revised: false },
  );
}

/** Where a reply asks for two changes: "all segments again, but last month", "their names – for Norway". */
const TWO = /,? but | [–-] |; /i;

/** The earlier question with what a short reply changes of it; undefined for a reply that is a new question. */
export function revise(earlier: string, reply: string, calendar: Calendar): string | undefined {
  const [one = '', ...more] = reply.trim().split(TWO);
  const changed = more.length === 1 && one ? reviseOnce(earlier, one, calendar) : undefined;
  const both = changed === undefined ? undefined : reviseOnce(changed, more[0] ?? '', calendar);
  return both ?? reviseOnce(earlier, reply, calendar);
}

function reviseOnce(earlier: string, reply: string, calendar: Calendar): string | undefined {
  const led = LEAD.test(reply.trim());
  const body = reply.trim().replace(LEAD, '').replace(INSTEAD_OF, ' instead of $1');
  const change = withoutTail(body).trim();
  const added =
    /(?:too|as well|also|besides)[ ?.!]*$/i.test(reply) ||
    /^(?:and |please |can you )*(?:also (?:show|add|include|give|list)|(?:show|give|list|add)(?: me)? also)\b/i.test(
      reply.trim(),
    );
  const polite = /(?:please|pls)[ ?.!]*$/i.test(reply);
  const only = /^(?:and |ok(?:ay)? |now )*(?:just|only)\b|\bonly[ ?.!]*$/i.test(reply.trim());
  const base = earlier.replace(/[?.! ]+$/, '');
  if (!change) return undefined;
  for (const way of WAYS) {
    const revised = way({ base, change, led, added, polite, only, calendar });
    if (revised !== undefined) return revised;
  }
  return undefined;
}

function withoutTail(text: string): string {
  const shorter = text.replace(TAIL, '');
  return shorter === text ? text : withoutTail(shorter);
}

/** The ways of changing a question, the surest first. */
const WAYS: readonly Way[] = [
  counted,
  listed,
  anyTime,
  periodBefore,
  besidePeriod,
  otherPeriod,
  otherLimit,
  otherGrouping,
  otherMeasure,
  totalOf,
  figureOf,
  howManyOf,
  shareOf,
  firstOf,
  firstRow,
  firstGroup,
  whichOf,
  thoseWho,
  otherEnd,
  sameOf,
  bounded,
  insteadOfCount,
  exchanged,
  besides,
  withoutSome,
  sorted,
  condition,
  narrowed,
];

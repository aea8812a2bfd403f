import { type Reading, rule } from './frame-rule.ts';
import { capture, optional, pattern } from './pattern.ts';
import { isOfPeople } from './people.ts';

/** What things do with others that neither restricts nor dates them. */
const HAVE = '(?:have|has|had|got|run|runs|own|owns|hold|holds|made|make|makes|look after|looks after)';

/**
 * "gyms and how many members they have", "coaches with the number of courses they run": how many there are for each, and no figure of all. Those
 * that are each spoken of are a table, or the people whose job is called so.
 */
export const readEachCounted = rule(
  pattern`^(?: (?:please|show|list|give|me|the|our|all|names? of|each|every|of))* ${capture('each', '[TV]\\d+')}(?: ,)? (?:and|with|plus)(?: (?:the|their|its|show))*
    (?: how many|(?: total)? (?:numbers?|counts?) of)(?: (?:the|their|its|different))*(?: ${optional(capture('state', 'V\\d+'))})? ${capture('counted', 'T\\d+')}(?: (?:(?:they|it|he|she)(?: each)?|each(?: one| of them)?)(?: ${HAVE})?| each)?(?: ${optional(capture('since', 'D\\d+'))})?(?= ·| $| ,)`,
  ({ each, state, counted, since }, reading) => {
    const { frame, resolver } = reading;
    const [of, table] = [eachOf(reading, each), resolver.table(counted)];
    const label = of && (resolver.label(of) ?? resolver.key(of));
    if (!of || !table || !label || of === table || !resolver.isMany(of, table)) return false;
    frame.main = of;
    frame.touched.add(of);
    frame.touched.add(table);
    frame.groups.push({ kind: 'column', ref: label, entity: true, asked: true });
    frame.items.push({ kind: 'count', distinct: false, table });
    // what stays is read as a condition: the job, and how and when what is counted was
    const job = each.startsWith('V') ? ` ${each}` : '';
    const how = [state, counted, since].filter((code) => code !== undefined).join(' ');
    return { leaving: `·${job}${state === undefined && since === undefined ? '' : ` ${how}`}` };
  },
);

function eachOf({ sentence, resolver }: Reading, code: string) {
  if (code.startsWith('T')) return resolver.table(code);
  const [held, ...others] = sentence.mention(code).values;
  return held && !others.length && isOfPeople(held.table, resolver) ? held.table : undefined;
}

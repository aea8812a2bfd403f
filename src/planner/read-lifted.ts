import { roleOf } from '#src/domain/roles/roles-of-columns.ts';
import type { FrameRule } from './frame-rule.ts';
import { capture, optional, pattern } from './pattern.ts';
import { NAME, VALUE } from './sentence.ts';

/** What of a thread's question a later reply takes back: "absences due to illness … for all reasons", at the end of it. */
export const readLifted: FrameRule = ({ sentence, frame, resolver }) => {
  const isOf = (code: string) => sentence.mention(code).values.some(({ column }) => frame.lifted.has(column));
  sentence.take(
    pattern` (?:for|of|from|in|with|by) (?:all|any) (?:the )?${capture('of', NAME)}(?= $)`,
    ({ captures: { of }, before }) => {
      const { columns, tables } = sentence.mention(of);
      const labels = tables.flatMap(({ target }) => resolver.labels(target));
      frame.lifted = new Set([...columns.map(({ target }) => target), ...labels].map(({ column }) => column));
      if ((before.match(/V\d+/g) ?? []).some(isOf)) return true;
      frame.lifted.clear();
      return false;
    },
  );
  // "orders per month, all statuses": of none but all
  sentence.take(
    pattern`(?: ,| ·)+ (?:all|any)(?: the)? ${capture('kinds', 'C\\d+')}(?= $)`,
    ({ captures: { kinds } }) => {
      const [best] = sentence.mention(kinds).columns;
      return best !== undefined && roleOf(best.target, resolver.catalog) === 'category';
    },
  );
  sentence.take(
    pattern`(?: (?:due to|because of|for|of|from|in|with|by|to|at|the))* ${capture('value', VALUE)}
      (?: ${optional(capture('column', 'C\\d+'))})?(?= )`,
    ({ captures: { value, column } }) =>
      isOf(value) &&
      (column === undefined || sentence.mention(column).columns.some(({ target }) => frame.lifted.has(target.column))),
  );
};

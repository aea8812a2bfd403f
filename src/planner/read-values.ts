import type { Frame, Scalar } from './frame.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';

/** Reads stored values that the question names: "in Norway", "not from Chile", "both rock and jazz". */
export function readValues(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  const place = (code: string) => resolver.value(code, frame.main ?? resolver.named[0]);
  const OF =
    '(?:(?: (?:and|that|which|who|whose|where|with|have|has|had|having|from|in|of|for|at|by|is|are|was|were|located|live|lives|living|based|named|called|titled|the|an?|to|on|as|made|being))*)';
  sentence.take(
    new RegExp(
      `${OF}(?: ([CB]\\d+)(?: (?:is|are|was|were|do|does|did))*)? (?:not|never|other than|except|excluding|outside|besides)(?: (?:in|from|of|for|the|an?|equal to|by|have|has|had|having|with|be|been|being|born|located|living|based|called|named|that is|any))*(?: ([CB]\\d+)(?: (?:is|of|as|equal|to|called|named|the|code|equals))*)? (V\\d+)`,
    ),
    (m) => {
      const beside = m[2] ? resolver.column(m[2], frame.main) : undefined;
      const ref = sentence.mention(m[3]!).values.find((value) => value.column === beside?.column) ?? place(m[3]!);
      if (!ref) return false;
      const asked = resolver.column(m[1], frame.main);
      if (asked && asked.column !== ref.column) frame.items.push({ kind: 'column', ref: asked });
      frame.filters.push({ kind: 'compare', ref, operator: '<>', value: { kind: 'text', value: ref.value } });
      return true;
    },
  );
  sentence.take(
    new RegExp(
      `${OF}(?: ([CB]\\d+)(?: (?:is|are|was|were|of|as|equal|to|equals|either|named|called|the))*)? (?:either )?(V\\d+) or (?:in |from |the |by |an? )*(V\\d+)`,
    ),
    (m) => {
      const [first, second] = [place(m[2]!), place(m[3]!)];
      if (!first || !second || first.column !== second.column) return false;
      frame.filters.push({
        kind: 'one-of',
        ref: first,
        values: [first, second].map(({ value }) => ({ kind: 'text', value })),
      });
      return true;
    },
  );
  // "both rock and jazz", "from Norway and Chile"
  sentence.take(
    new RegExp(
      `${OF}( both)?(?: (?:the|an?|from|in|of))* (V\\d+)(?: [CTB]\\d+)? and (?:in |from |of |for |with |by |the |an? )*(V\\d+)`,
    ),
    (m) => {
      const [first, second] = [place(m[2]!), place(m[3]!)];
      if (!first || !second || first.column !== second.column || first.value === second.value) return false;
      const values = [first, second].map(({ value }): Scalar => ({ kind: 'text', value }));
      const each =
        !frame.compares && (m[1] !== undefined || resolver.isMany(frame.main ?? resolver.named[0], first.table));
      if (frame.compares) frame.groups.push({ kind: 'column', ref: first });
      if (each) {
        const conditions = values.map((value) => ({ operator: '=' as const, value }));
        frame.filters.push({ kind: 'each', ref: first, conditions });
      } else frame.filters.push({ kind: 'one-of', ref: first, values });
      return true;
    },
  );
  sentence.take(
    new RegExp(
      `${OF}(?: ([CB]\\d+)(?: (?:is|are|was|were|of|as|equal|to|equals|named|called|the|with|for|being))*)? (V\\d+)(?: (C\\d+))?`,
    ),
    (m) => {
      // "mountains in the country of Uganda": the column of that name that holds the value
      const held = (code: string | undefined) => {
        const ref = code ? resolver.column(code, frame.main) : undefined;
        const { values } = sentence.mention(m[2]!);
        const alike = code ? sentence.mention(code).columns.filter(({ score }) => score >= 0.9) : [];
        return (
          values.find((value) => value.column === ref?.column) ??
          values.find((value) => alike.some(({ target }) => target.column === value.column))
        );
      };
      const before = held(m[1]);
      const after = held(m[3]);
      const ref = before ?? after ?? place(m[2]!);
      if (!ref) return false;
      // A column beside the value that does not hold it is asked for, not compared.
      for (const code of [before ? undefined : m[1], after ? undefined : m[3]]) {
        const asked = resolver.column(code, frame.main);
        if (asked) frame.items.push({ kind: 'column', ref: asked });
      }
      frame.filters.push({ kind: 'compare', ref, operator: '=', value: { kind: 'text', value: ref.value } });
      return true;
    },
  );
  readGender(sentence, frame, resolver);
}

/** "female students": F or M in a column named sex or gender that holds no such word itself. */
function readGender(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  sentence.take(/ (female|females|male|males|women|men|girls|boys)(?= )/, (m) => {
    const ref = resolver.hinted(frame.main ?? resolver.named[0], ['sex', 'gender'], ['text']);
    const female = /^(f|w|g)/.test(m[1]!);
    const value = ref?.column.values.find((stored) => (female ? /^f/i : /^m/i).test(stored));
    if (!ref || !value) return false;
    frame.filters.push({ kind: 'compare', ref, operator: '=', value: { kind: 'text', value } });
    return true;
  });
}

/** Whether two questions are the same but for case, blanks and marks at their end. */
export const isSameQuestion = (a: string, b: string): boolean => bare(a) === bare(b);

const bare = (question: string) =>
  question
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/[\s.?!]+$/, '')
    .trim();

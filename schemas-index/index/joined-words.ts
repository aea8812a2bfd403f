/** Each word but the first run together with the one before it, and the two: `page`, `view` → `pageview`. */
export const joinedNeighbours = (
  words: readonly string[],
): (readonly [joined: string, before: string, word: string])[] =>
  words.flatMap((word, at) => {
    const before = words[at - 1];
    return before === undefined ? [] : [[before + word, before, word] as const];
  });

/** Times that a piece stands one after another before a text counts as repeating itself, and the characters that they take at least. */
const TIMES = 4;
const LEAST = 120;
const LONGEST_PIECE = 300;

/**
 * Whether the end of a text is one piece over and over, as a small model writes once it has lost its way. A query repeats a piece some
 * times (a list, a union), but not four times word for word and nothing else.
 */
export function repeatsItself(text: string): boolean {
  const { length } = text;
  for (let piece = 1; piece <= LONGEST_PIECE && piece * TIMES <= length; piece += 1) {
    const run = Math.max(LEAST, piece * TIMES) - piece;
    if (run + piece > length) continue;
    let same = 0;
    while (same < run && text[length - 1 - same] === text[length - 1 - same - piece]) same += 1;
    if (same === run) return true;
  }
  return false;
}

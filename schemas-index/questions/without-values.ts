/** What stands in quotes, and numbers. */
const VALUES = /“[^”]*”|"[^"]*"|(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])|(?<![\p{L}_])\d[\d.,:-]*/gu;

/** A question without the values that it says: what is left is about tables and columns. */
export const withoutValues = (text: string): string => text.replace(VALUES, ' ');

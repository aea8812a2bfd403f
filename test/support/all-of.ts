/** Everything that an asynchronous iterable gives. */
export async function allOf<T>(many: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const one of many) all.push(one);
  return all;
}

/**
 * Does something with each item, `many` of them at once: the next is begun in their order when one is done. Rejects with the first
 * that fails; no further one is begun then.
 */
export async function sideBySide<T>(
  items: readonly T[],
  many: number,
  each: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  let failed = false;
  const next = async () => {
    for (let at = left.next(); !failed && !at.done; at = left.next()) {
      try {
        await each(at.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: many }, next));
}

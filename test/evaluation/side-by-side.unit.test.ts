import { describe, expect, it } from 'vitest';
import { sideBySide } from '#src/evaluation/side-by-side.ts';

describe('questions side by side', () => {
  it('does each once, so many at a time, the next as soon as one is done', async () => {
    const ends = new Map<number, () => void>();
    const running = () => [...ends.keys()];
    const all = sideBySide([1, 2, 3, 4], 2, (item) => new Promise((done) => ends.set(item, done)));
    const end = async (item: number) => {
      ends.get(item)?.();
      ends.delete(item);
      await new Promise(setImmediate);
    };
    await new Promise(setImmediate);
    expect(running()).toEqual([1, 2]);
    await end(2);
    expect(running()).toEqual([1, 3]);
    await end(1);
    expect(running()).toEqual([3, 4]);
    await end(3);
    await end(4);
    await all;
  });

  it('begins none after one that failed', async () => {
    const begun: number[] = [];
    const all = sideBySide([1, 2, 3], 1, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('no');
    });
    await expect(all).rejects.toThrow('no');
    expect(begun).toEqual([1, 2]);
  });
});

/** Work waits so long at most for signs of life that are on their way. */
const MOST_MS = 150;

export interface SignsFirst {
  /** A sign of life that is being given. */
  sign(given: Promise<unknown>): void;
  /** Wakes who works: at once where no sign is on its way, else once all were given, or after a moment. */
  wake(): void;
}

/** Many may ask at once, and what answers the first keeps the process busy: the signs of the others would come after it. */
export function openSignsFirst(wake: () => void): SignsFirst {
  let onTheirWay = 0;
  let timer: NodeJS.Timeout | undefined;
  const due = () => {
    clearTimeout(timer);
    timer = undefined;
    wake();
  };
  return {
    sign(given) {
      onTheirWay += 1;
      const settled = () => {
        onTheirWay -= 1;
        if (!onTheirWay && timer) due();
      };
      given.then(settled, settled);
    },
    wake() {
      if (onTheirWay) timer ??= setTimeout(due, MOST_MS);
      else wake();
    },
  };
}

import type { StepNode } from './edl-ast.ts';

/** The steps of one SELECT, as far as they can be told before all is right. */
export interface OutlinedBlock {
  readonly steps: StepNode[];
  isClosed: boolean;
}

export interface Outline {
  readonly blocks: readonly OutlinedBlock[];
  /** The block of a step by its number. */
  readonly owner: ReadonlyMap<number, OutlinedBlock>;
}

const OPENS: ReadonlySet<string> = new Set(['scan', 'subquery', 'set', 'verbatim']);
const CLOSES: ReadonlySet<string> = new Set(['subquery', 'set', 'verbatim', 'select']);

/** Which steps belong together (docs/edl.md, B1 to B3), without judging them. */
export function outline(steps: readonly StepNode[]): Outline {
  const blocks: OutlinedBlock[] = [];
  const owner = new Map<number, OutlinedBlock>();
  for (const step of steps) {
    const { body } = step;
    let block: OutlinedBlock | undefined;
    if (OPENS.has(body.kind)) {
      block = { steps: [], isClosed: false };
      blocks.push(block);
    } else block = 'input' in body ? owner.get(body.input) : blocks.findLast((one) => !one.isClosed);
    if (!block) continue;
    block.steps.push(step);
    block.isClosed ||= CLOSES.has(body.kind);
    owner.set(step.number, block);
  }
  return { blocks, owner };
}

export const latestOf = ({ steps }: OutlinedBlock): number => steps.at(-1)?.number ?? 0;

/**
 * The step that one without a step goes on from: the step before it, or, where that ends a result, the latest of the block that is
 * open. Undefined where a sort or limit may be meant for either (`follows`), and where there is no step.
 */
export function meantStep(steps: readonly StepNode[], follows: boolean): number | undefined {
  const last = steps.at(-1);
  if (!last) return undefined;
  const { blocks, owner } = outline(steps);
  if (owner.get(last.number)?.isClosed === false) return last.number;
  const open = blocks.findLast(({ isClosed }) => !isClosed);
  if (!open) return last.number;
  return follows ? undefined : latestOf(open);
}

/** Results that no step uses by its number, in order: "the first query", "the second query". */
export function unusedResults(steps: readonly StepNode[]): readonly number[] {
  const used = new Set<number>();
  const use = (node: unknown): void => {
    if (Array.isArray(node)) for (const part of node) use(part);
    else if (node !== null && typeof node === 'object') {
      if ('query' in node && typeof node.query === 'number') used.add(node.query);
      if ('kind' in node && node.kind === 'step' && 'step' in node && typeof node.step === 'number')
        used.add(node.step);
      for (const part of Object.values(node)) use(part);
    }
  };
  for (const { body } of steps) if (body.kind !== 'set') use(body);
  return outline(steps)
    .blocks.filter(({ isClosed, steps: own }) => isClosed && own[0]?.body.kind !== 'set')
    .map(latestOf)
    .filter((number) => !used.has(number));
}

import { keepApart } from '#src/training/apart.ts';
import type { DataCard } from '#src/training/data-card.ts';
import { makeSet, type OnSet, type SetOptions, type SetPorts } from '#src/training/make-set.ts';
import { readMeasured } from '../data/training-sources.ts';
import { commitOf } from './eval-run.ts';
import { gatherSources, type SourceFiles } from './gather-sources.ts';

export interface ExportOptions extends SourceFiles, Omit<SetOptions, 'commit'> {
  /** Files of what is measured with. */
  readonly apart: readonly string[];
}

/** Makes training data of files of questions. */
export async function exportTraining(options: ExportOptions, ports: SetPorts, on: OnSet): Promise<DataCard> {
  const files = options.apart.map(readMeasured);
  const apart = keepApart(
    files.map(({ said }) => said),
    options.engine,
  );
  const set = { ...options, commit: commitOf() };
  const card = await makeSet(gatherSources(options), { apart, files }, set, ports, on);
  if (!card) throw new TypeError('Nothing aborts it.');
  return card;
}

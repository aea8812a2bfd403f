import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Retrieval } from '#src/domain/retrieval.ts';
import { CALIBRATIONS, Calibration } from '../retrieve/calibrate.ts';

const FILE = 'calibration.json';

/** The calibration stored with an index; the shipped one where none of this ranking, or none that can be read, is stored. */
export async function loadCalibration(folder: string, retrieval: Retrieval): Promise<Calibration> {
  try {
    const stored = Calibration.parse(JSON.parse(await readFile(path.join(folder, FILE), 'utf8')));
    return stored.retrieval === retrieval ? stored : CALIBRATIONS[retrieval];
  } catch {
    return CALIBRATIONS[retrieval];
  }
}

export async function saveCalibration(folder: string, calibration: Calibration): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, FILE);
  await writeFile(`${file}.partial`, `${JSON.stringify(calibration, null, 2)}\n`);
  await rename(`${file}.partial`, file);
}

/** A new index keeps the calibration of the one that it replaces. */
export async function carryCalibration(from: string, to: string): Promise<void> {
  await copyFile(path.join(from, FILE), path.join(to, FILE)).catch(() => undefined);
}

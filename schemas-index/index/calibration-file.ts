import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Calibration, DEFAULT_CALIBRATION } from '../retrieve/calibrate.ts';

const FILE = 'calibration.json';

/** The calibration stored with an index; the shipped one where none, or none that can be read, is stored. */
export async function loadCalibration(folder: string): Promise<Calibration> {
  try {
    return Calibration.parse(JSON.parse(await readFile(path.join(folder, FILE), 'utf8')));
  } catch {
    return DEFAULT_CALIBRATION;
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

// Starts a program on the Node that the lockfile pins, whichever Node runs this. Plain JavaScript: an older Node reads
// it first.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const LEAST_NODE = 24;

const onWindows = process.platform === 'win32';
const programs = path.join(root, 'node_modules', '.bin');

/** A program that an installed package brings, undefined where none brings it. */
export function packaged(name) {
  if (!onWindows) return firstFile(path.join(programs, name));
  const shim = firstFile(path.join(programs, `${name}.cmd`));
  const target = shim && behindShim(readFileSync(shim, 'utf8'));
  return target && firstFile(path.join(programs, target), path.join(programs, `${target}.exe`));
}

/**
 * What npm's NAME.cmd starts, from its folder. It is started without it: a .cmd needs a shell, which would read the arguments
 * once more.
 */
export const behindShim = (text) => /"%dp0%\\([^"]+)"\s+%\*/.exec(text)?.[1];

const firstFile = (...files) => files.find((file) => existsSync(file));

/** The pinned Node, else this one where it is new enough, else undefined. */
export function findNode() {
  const isNewEnough = Number.parseInt(process.versions.node, 10) >= LEAST_NODE;
  return packaged('node') ?? (isNewEnough ? process.execPath : undefined);
}

/** Runs a command in the place of this process: with its streams, arguments, signals and exit code. */
export function launch(command, args) {
  const PATH = `${programs}${path.delimiter}${process.env.PATH ?? ''}`; // what it starts finds the pinned Node, too
  // Windows starts no script by itself.
  const [program, given] =
    onWindows && !command.endsWith('.exe') ? [findNode() ?? process.execPath, [command, ...args]] : [command, args];
  // Listened for before the program is started: on a busy machine it may say that it is ready before this goes on.
  // Ctrl-C at a terminal reaches the program by itself as well: it takes what comes within two seconds for one press.
  let child;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => pass(signal, child));
  child = spawn(program, given, { stdio: 'inherit', env: { ...process.env, PATH } });
  child.on('error', (error) => {
    console.error(`${command} cannot be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : (code ?? 1)));
}

function pass(signal, child) {
  // A console of Windows gives Ctrl-C to all that are attached to it, and a signal that is sent there ends outright.
  if (!(onWindows && signal === 'SIGINT')) child.kill(signal);
}

import { Command, CommanderError, type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
import { processTerminal, type Terminal } from './terminal.ts';

/** What a command ends with. 0 done, 1 it failed, 2 wrong usage, 3 it asks back (which database, which outcome). */
export type ExitCode = 0 | 1 | 2 | 3;

/** What the actions of programs ended with, by the outermost command. */
const ended = new WeakMap<object, ExitCode>();

/** An action whose exit code is the program's. */
export function runs<Given extends readonly unknown[]>(
  work: (...given: Given) => Promise<ExitCode>,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    const code = await work(...given);
    const command = given.at(-1); // commander gives an action its command last
    if (command instanceof Command) ended.set(pathOf(command)[0] ?? command, code);
  };
}

/**
 * Runs a program on its arguments and resolves to what it ends with. Wrong usage is told in one sentence on standard
 * error and ends with 2; anything else that is thrown is the caller's.
 */
export async function runProgram(
  program: CommandUnknownOpts,
  args: readonly string[],
  terminal: Pick<Terminal, 'print' | 'complain'> = processTerminal(),
): Promise<ExitCode> {
  for (const command of allCommands(program)) tellThrough(command, terminal);
  try {
    await program.parseAsync(args.length || !program.commands.length ? args : ['--help'], { from: 'user' });
    return ended.get(program) ?? 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

/** A whole number within bounds, as an option's value. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() && Number.isInteger(number) && number >= from && number <= to) return number;
    throw new InvalidArgumentError(`It takes a whole number from ${from} to ${to}.`);
  };
}

/** Names with commas between them. A list that a variable left empty would mean all, or nothing: it is none. */
export function nameList(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length) return names;
  throw new InvalidArgumentError('It names nothing.');
}

const allCommands = (command: CommandUnknownOpts): CommandUnknownOpts[] => [
  command,
  ...command.commands.flatMap(allCommands),
];

function tellThrough(command: CommandUnknownOpts, { print, complain }: Pick<Terminal, 'print' | 'complain'>): void {
  if (command.parent) command.helpCommand(false); // the outermost has it
  // A single line's end in a description is a space; an empty line ends a paragraph.
  command.configureHelp({ styleCommandDescription: (text) => text.replace(/(?<!\n)\n(?!\n)/g, ' ') });
  command.exitOverride().configureOutput({
    writeOut: (text) => print(text.trimEnd()),
    outputError: (text) => complain(`${sentence(text)} ${moreOf(command)}`),
    // What is left of it: the help of a command whose subcommand was not said.
    writeErr: () => complain(`Say which: ${namesOf(command).join(', ')}. ${moreOf(command)}`),
  });
}

const moreOf = (command: CommandUnknownOpts) => `\`${nameOf(command)} --help\` says more.`;
const nameOf = (command: CommandUnknownOpts) =>
  pathOf(command)
    .map((one) => one.name())
    .join(' ');
const namesOf = (command: CommandUnknownOpts) =>
  command.commands.map((one) => `${nameOf(command)} ${one.name()}`.trim());

/** A command with those that it is part of, the outermost first. */
function pathOf(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return command.parent ? [...pathOf(command.parent), command] : [command];
}

/** Commander's `error: unknown option '--x'\n(Did you mean --y?)` as sentences. */
function sentence(error: string): string {
  const [fault = '', suggested] = error
    .trim()
    .replace(/^error: /, '')
    .split(/\n\((.*)\)$/);
  const ends = /[.?!]$/.test(fault) ? fault : `${fault}.`;
  return `${ends.charAt(0).toUpperCase()}${ends.slice(1)}${suggested ? ` ${suggested}` : ''}`;
}

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { describe, it } from 'vitest';
import { querentProgram } from '#src/cli/program.ts';
import { readConfig } from '#src/config/env.ts';
import { processTerminal } from '#src/terminal/terminal.ts';
import { querentIn } from './run-querent.ts';

const querent = querentIn(path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'home'));

/** Every command with its subcommands, by the words that name it. */
function commandsOf(
  command: CommandUnknownOpts,
  words: readonly string[] = [],
): (readonly [string, CommandUnknownOpts])[] {
  return command.commands.flatMap((one) => {
    const named = [...words, one.name()];
    return [[named.join(' '), one] as const, ...commandsOf(one, named)];
  });
}
const COMMANDS = commandsOf(querentProgram({ terminal: processTerminal(), config: async () => readConfig({}) }));

describe('querent COMMAND --help', () => {
  it.each(COMMANDS.map(([name]) => name))('%s says what it does, with every argument and option', async (name) => {
    const command = COMMANDS.find(([one]) => one === name)?.[1];
    assert.ok(command);
    // Settings that are wrong keep nobody from reading it.
    const { code, out, err } = await querent([...name.split(' '), '--help'], {
      environment: { QUERENT_QUESTION_PRICE: 'much' },
    });
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, new RegExp(`^Usage: querent ${name}\\b`));
    assert.ok(command.description().length > 10, name);
    for (const { flags, description } of command.options) {
      assert.ok(out.includes(flags), flags);
      assert.ok(description, `${name} ${flags}`);
    }
  });

  it.each(COMMANDS.map(([name]) => name))(
    '%s takes no option that it does not know, and says so in a line',
    async (name) => {
      const command = COMMANDS.find(([one]) => one === name)?.[1];
      const required = command?.options.filter((one) => one.mandatory).flatMap(({ long }) => [long ?? '', 'everyone']);
      const { code, out, err } = await querent([...name.split(' '), ...(required ?? []), '--no-such-option']);
      assert.deepEqual([code, out], [2, '']);
      // A command with a default subcommand hands it on.
      assert.match(
        err,
        new RegExp(`^Unknown option '--no-such-option'\\. \`querent ${name}( \\w+)? --help\` says more\\.\\n$`),
      );
    },
  );
});

describe('wrong usage', () => {
  it.each([
    ['serv', "Unknown command 'serv'. Did you mean serve? `querent --help` says more."],
    ['databses --json', "Unknown command 'databses'. Did you mean databases? `querent --help` says more."],
    ['ask a b', 'Put the question in quotes, as one argument. `querent ask --help` says more.'],
    ['ask a --db', "Option '--db <name>' argument missing. `querent ask --help` says more."],
    [
      'ask a --db x --database-url sqlite:y',
      "Option '--db <name>' cannot be used with option '--database-url <url>'. `querent ask --help` says more.",
    ],
    [
      'find a --limit 0',
      "Option '--limit <number>' argument '0' is invalid. It takes a whole number from 1 to 1000. `querent find --help` says more.",
    ],
    [
      'trace a b',
      "Too many arguments for 'trace'. Expected 1 argument but got 2: a, b. `querent trace --help` says more.",
    ],
    ['register', "Missing required argument 'url'. `querent register --help` says more."],
    ['register x --jsn', "Unknown option '--jsn'. `querent register --help` says more."],
    [
      'index verify --db x',
      'The whole index is checked: verify takes no --db. `querent index verify --help` says more.',
    ],
    ['edl explain --from mysql', "Unknown option '--from'. `querent edl explain --help` says more."],
    ['deny x --to everyone --own-rows', "Unknown option '--own-rows'. `querent deny --help` says more."],
    ['deny x --to everyone --shared', "Unknown option '--shared'. `querent deny --help` says more."],
    ['remove', "Missing required argument 'database'. `querent remove --help` says more."],
    ['rename shop', "Missing required argument 'name'. `querent rename --help` says more."],
    ['pause', "Missing required argument 'database'. `querent pause --help` says more."],
    ['resume', "Missing required argument 'database'. `querent resume --help` says more."],
    ['config', 'Say which: querent config check, querent config apply. `querent config --help` says more.'],
    ['grant shop', "Required option '--to <whom>' not specified. `querent grant --help` says more."],
    [
      'grant shop --to me',
      "Option '--to <whom>' argument 'me' is invalid. It is everyone, user:ID, group:ID or channel:ID. `querent grant --help` says more.",
    ],
    [
      'grant shop --to everyone --shared',
      '--shared is for a channel: --to channel:ID. `querent grant --help` says more.',
    ],
    [
      'deny shop --to everyone --hide email',
      "Option '--hide <columns>' argument 'email' is invalid. It names columns as table.column. `querent deny --help` says more.",
    ],
    ['revoke shop', 'Say whose rules, with --to, or --all. `querent revoke --help` says more.'],
    [
      'policy as channel:C1 --team T1',
      "Command-argument value 'channel:C1' is invalid for argument 'who'. It names a person with their groups, as user:ID,group:ID. `querent policy as --help` says more.",
    ],
    ['policy as user:U1', "Required option '--team <id>' not specified. `querent policy as --help` says more."],
    ['roles', 'Say which: querent roles script, querent roles check. `querent roles --help` says more.'],
    ['secrets set', "Missing required argument 'database'. `querent secrets set --help` says more."],
    [
      'rotate-key now',
      "Too many arguments for 'rotate-key'. Expected 0 arguments but got 1: now. `querent rotate-key --help` says more.",
    ],
    [
      'audit --since never',
      "Option '--since <date>' argument 'never' is invalid. It takes a date, such as 2026-01-31. `querent audit --help` says more.",
    ],
    ['forget user:U1', 'Say the user’s workspace, with --team. `querent forget --help` says more.'],
    ['forget team:T1 --team T1', '--team goes with user:ID. `querent forget --help` says more.'],
    [
      'forget me',
      "Command-argument value 'me' is invalid for argument 'whose'. It is user:ID or team:ID. `querent forget --help` says more.",
    ],
    [
      'index check',
      "Too many arguments for 'index'. Expected 0 arguments but got 1: check. `querent index --help` says more.",
    ],
    [
      'demo --port x',
      "Option '--port <number>' argument 'x' is invalid. It takes a whole number from 0 to 65535. `querent demo --help` says more.",
    ],
    ['edl', 'Say which: querent edl explain, querent edl compile, querent edl check. `querent edl --help` says more.'],
    ['edl nonsense', "Unknown command 'nonsense'. `querent edl --help` says more."],
    [
      'edl explain --engine oracle',
      "Option '--engine <engine>' argument 'oracle' is invalid. Allowed choices are sqlite, postgres, mysql, mariadb. `querent edl explain --help` says more.",
    ],
  ])('querent %s', async (line, says) => {
    const { code, out, err } = await querent(line.split(' '));
    assert.deepEqual({ code, out, err }, { code: 2, out: '', err: `${says}\n` });
  });
});

describe('querent --help', () => {
  it.each([[['--help']], [['help']], [[]]])('lists every command by what it is for: %j', async (args) => {
    const { code, out, err } = await querent(args);
    assert.deepEqual([code, err], [0, '']);
    const headings = out.match(/^[A-Z]\w+:$/gm);
    assert.deepEqual(headings, ['Options:', 'Asking:', 'Databases:', 'Access:', 'Running:', 'Tools:']);
    for (const [name] of COMMANDS.filter(([name]) => !name.includes(' ')))
      assert.match(out, new RegExp(`^ {2}${name}( |$)`, 'm'));
  });

  it('says of wrong settings all that is wrong with them, once a command wants them', async () => {
    const environment = { QUERENT_QUESTION_PRICE: 'much', QUERENT_TIME_ZONE: 'Oslo' };
    const { code, err } = await querent(['databases'], { environment });
    assert.equal(code, 2);
    assert.match(err, /The configuration has 2 faults:\n {2}- .*QUESTION_PRICE.*\n {2}- .*TIME_ZONE/);
  });
});

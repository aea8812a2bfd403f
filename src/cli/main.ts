import { scrub } from '#src/domain/scrub.ts';
import type { ExitCode } from '#src/terminal/command.ts';
import { processTerminal } from '#src/terminal/terminal.ts';
import { runQuerent } from './program.ts';

const NEEDED = 24;
const terminal = processTerminal();

// A reader that has seen enough (`querent ask … | head`) closes the pipe: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

async function main(): Promise<ExitCode> {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) < NEEDED) {
    terminal.complain(
      `Querent needs Node ${NEEDED} and runs on ${node}: start it with \`npm run\`, or install that from nodejs.org.`,
    );
    return 2;
  }
  try {
    const config = async () => (await import('#src/config/env.ts')).readConfig();
    return await runQuerent(process.argv.slice(2), { terminal, config });
  } catch (error) {
    const [message, stack] = error instanceof Error ? [error.message, error.stack ?? ''] : [String(error), ''];
    terminal.complain(`Something broke here; this is a bug. ${scrub(message)}`);
    if (process.env.QUERENT_DEBUG) terminal.complain(scrub(stack));
    return 1;
  }
}

// Outright: an idle connection must not keep a command that is done.
process.exit(await main());

import type { Config } from '#src/config.ts';
import { complain, type ExitCode } from './terminal.ts';

export const SERVE_USAGE = `querent serve
  Starts the Slack bot (Socket Mode).`;
export async function serve(_args: readonly string[], _config: Config): Promise<ExitCode> {
  complain('not yet');
  return 1;
}

import type { Config } from '#src/config.ts';
import { complain, type ExitCode } from './terminal.ts';

export const DEMO_USAGE = `querent demo
  Starts the sandbox.`;
export async function demo(_args: readonly string[], _config: Config): Promise<ExitCode> {
  complain('not yet');
  return 1;
}

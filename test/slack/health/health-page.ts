import { eventually } from '#test/support/wait.ts';

export interface HealthPage {
  readonly get: (path: string, method?: string) => Promise<{ readonly status: number; readonly body: string }>;
  /** Waits until a count stands there. */
  readonly counted: (line: string) => Promise<void>;
  /** Waits until a count is so high at least. */
  readonly countedTo: (series: string, least: number) => Promise<void>;
}

/** What a monitor reads at a port of this machine. */
export function healthPageAt(port: number): HealthPage {
  const get: HealthPage['get'] = async (path, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, body: await response.text() };
  };
  const linesNow = async () => (await get('/metrics')).body.split('\n');
  return {
    get,
    async counted(line) {
      await eventually(line, async () => (await linesNow()).includes(line), 30_000);
    },
    async countedTo(series, least) {
      const isThere = (line: string) => line.startsWith(`${series} `) && Number(line.split(' ').at(-1)) >= least;
      await eventually(`${series} of ${least}`, async () => (await linesNow()).some(isThere), 30_000);
    },
  };
}

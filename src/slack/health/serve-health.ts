import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { Metrics } from './metrics.ts';

/** Where a monitor looks. Whoever reaches it can read the counts, which name nobody. */
export interface HealthSettings {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface HealthPorts {
  readonly isReady: () => boolean;
  readonly metrics: Metrics;
}

export interface ServedHealth {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves `/healthz` (the process answers), `/readyz` (Slack reaches it; 503 otherwise) and `/metrics`. */
export async function serveHealth({ host, port }: HealthSettings, ports: HealthPorts): Promise<Result<ServedHealth>> {
  const server = http.createServer((request, response) => {
    const { status, body } = pageAt(request.method, request.url, ports);
    response.writeHead(status, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch {
    return fail({ kind: 'health-unavailable', at: `${host}:${port}` });
  }
  return ok({
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

interface Page {
  readonly status: number;
  readonly body: string;
}

function pageAt(method: string | undefined, url: string | undefined, { isReady, metrics }: HealthPorts): Page {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET\n' };
  switch (url?.split('?')[0]) {
    case '/healthz':
      return { status: 200, body: 'ok\n' };
    case '/readyz':
      return isReady() ? { status: 200, body: 'ready\n' } : { status: 503, body: 'not connected to Slack\n' };
    case '/metrics':
      return { status: 200, body: metrics.text() };
    default:
      return { status: 404, body: 'there is /healthz, /readyz and /metrics\n' };
  }
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What comes of a request in place of the server's answer: the connection is cut, or the disk behind it is full, which Qdrant answers 500. */
export type Fault = 'cut' | 'disk full';
/** Asked of every request, "METHOD /path" without its query. */
export type FaultOf = (request: string) => Fault | undefined;

const DISK_FULL = { status: { error: 'Service internal error: No space left on device (os error 28)' }, time: 0 };

/** Stands before a vector server and passes everything on, but for what `faults` says. */
export async function startFaultyServer(target: string) {
  let faultOf: FaultOf = () => undefined;
  const server = createServer((request, response) => {
    void (async () => {
      const { method = 'GET', url = '/' } = request;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const fault = faultOf(`${method} ${url.split('?')[0]}`);
      if (fault === 'cut') {
        request.socket.destroy();
        return;
      }
      if (fault) {
        response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify(DISK_FULL));
        return;
      }
      const passed = await fetch(`${target}${url}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(chunks.length ? { body: Buffer.concat(chunks) } : {}),
      });
      response.writeHead(passed.status, { 'content-type': 'application/json' }).end(await passed.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    faults(of: FaultOf) {
      faultOf = of;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

// Starts Qdrant's engine behind the shim and prints its address, for measuring without a server; it ends with Ctrl-C.
import { startQdrant } from './start-qdrant.ts';

const { url, stop } = await startQdrant();
console.log(`QUERENT_QDRANT_URL=${url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void stop().then(() => process.exit(0));
  });

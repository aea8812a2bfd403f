#!/usr/bin/env node
// The command line, on the pinned Node.
import path from 'node:path';
import { findNode, LEAST_NODE, launch, root } from './launch.mjs';

const node = findNode();
if (!node) {
  console.error(
    `Querent needs Node ${LEAST_NODE}: run \`npm ci\` in its folder, or install Node ${LEAST_NODE} from nodejs.org.`,
  );
  process.exit(1);
}
launch(node, [path.join(root, 'src', 'cli', 'main.ts'), ...process.argv.slice(2)]);

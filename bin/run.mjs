// What the npm scripts start: `node bin/run.mjs [NODE OPTION …] FILE.ts|PROGRAM [ARGUMENT …]`. Installs the pinned
// packages where they are missing, then runs the file on the pinned Node, or a program that a package brings.
import path from 'node:path';
import { ensurePackages } from '../deploy/ensure-packages.mjs';
import { findNode, LEAST_NODE, launch, packaged, root } from './launch.mjs';

const given = process.argv.slice(2);
const at = given.findIndex((one) => !one.startsWith('-'));
if (at < 0) stop('Usage: node bin/run.mjs [NODE OPTION …] FILE.ts|PROGRAM [ARGUMENT …]', 2);
const [options, target, args] = [given.slice(0, at), given[at], given.slice(at + 1)];

const trouble = ensurePackages(root);
if (trouble) stop(trouble, 1);
const node = findNode();
if (!node)
  stop(
    `Querent needs Node ${LEAST_NODE} or newer and found ${process.versions.node}; npm has no Node package for this ` +
      `platform, so please install Node ${LEAST_NODE} from nodejs.org and run this again.`,
    1,
  );
const program = packaged(target);
if (target.endsWith('.ts')) launch(node, [...options, path.resolve(root, target), ...args]);
else if (program) launch(program, args);
else stop(`No package brings a program ${target}.`, 2);

function stop(message, code) {
  console.error(message);
  process.exit(code);
}

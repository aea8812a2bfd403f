/** The int8 scan kernel of build-kernel.ts, compiled. `npm run build:kernel` prints it; a test compares the two. */
export const KERNEL_BASE64 =
  'AGFzbQEAAAABCQFgBX9/f39/AAIPAQNlbnYGbWVtb3J5AgABAwIBAAcIAQRzY2FuAAAKtAEBsQECA38DeyAEIAJBAnRqIQUCQANAIAQgBU8NAf0MAAAAAAAAAAAAAAAAAAAAACEIIAAhBiAAIANqIQcDQCAG/QAEACEJIAH9AAQAIQogCCAJ/YcBIAr9hwH9ugH9rgEhCCAIIAn9iAEgCv2IAf26Af2uASEIIAZBEGohBiABQRBqIQEgBiAHSQ0ACyAEIAj9GwAgCP0bAWogCP0bAiAI/RsDamo2AgAgBEEEaiEEDAALCws=';

export type Scan = (query: number, rows: number, count: number, width: number, scores: number) => void;

let compiled: WebAssembly.Module | undefined;

export function instantiateScan(memory: WebAssembly.Memory): Scan {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
  const { scan } = new WebAssembly.Instance(compiled, { env: { memory } }).exports;
  if (typeof scan !== 'function') throw new Error('The kernel exports no scan.');
  return (...places) => scan(...places);
}

import type { Scope } from './scope.ts';

/**
 * Whether an admin let queries call a function of the company's own: `name`, `schema.name`, or either with its argument types, of
 * which the number must agree. A bare name means one of the schemas in which bare names are looked up.
 */
export function isUserFunction(
  name: readonly string[],
  args: number,
  { userFunctions = [], searchPath }: Scope,
): boolean {
  const called = name.map((part) => part.toLowerCase());
  return userFunctions.some((listed) => {
    const [, path = '', signature] = /^([^()]+?)\s*(?:\(([^()]*)\))?$/.exec(listed.trim()) ?? [];
    const parts = path.toLowerCase().split('.');
    if (parts.at(-1) !== called.at(-1)) return false;
    const [own, theirs] = [called.at(-2), parts.at(-2)];
    const inPath = (schema: string | undefined) => schema === undefined || searchPath.includes(schema);
    const sameSchema = own === theirs || (own === undefined && inPath(theirs)) || (theirs === undefined && inPath(own));
    const arity = signature?.trim() ? signature.split(',').length : 0;
    return sameSchema && (signature === undefined || arity === args);
  });
}

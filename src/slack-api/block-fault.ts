export type Node = { readonly [key: string]: unknown };

/** One thing that Slack refuses, and where: `/blocks/2/text`. */
export interface BlockFault {
  readonly pointer: string;
  readonly reason: string;
}

export const listOf = (value: unknown): readonly Node[] => (Array.isArray(value) ? (value as Node[]) : []);

/** A text object must hold something, up to so many characters. */
export function textFaults(text: unknown, most: number, pointer: string): readonly BlockFault[] {
  const said = String((text as Node | undefined)?.text ?? '');
  if (said.length < 1) return [{ pointer, reason: 'must be more than 0 characters' }];
  return said.length > most ? [{ pointer, reason: `must be less than ${most + 1} characters` }] : [];
}

/** A text object that may be absent. */
export const optionalTextFaults = (text: unknown, most: number, pointer: string): readonly BlockFault[] =>
  text === undefined || text === null ? [] : textFaults(text, most, pointer);

/** A plain value that may be absent, up to so many characters. */
export const lengthFaults = (value: unknown, most: number, pointer: string): readonly BlockFault[] =>
  String(value ?? '').length > most ? [{ pointer, reason: `must be less than ${most + 1} characters` }] : [];

/** A list must have so many items. */
export function countFaults(value: unknown, least: number, most: number, pointer: string): readonly BlockFault[] {
  const { length } = listOf(value);
  return length < least || length > most ? [{ pointer, reason: `must have ${least} to ${most} items` }] : [];
}

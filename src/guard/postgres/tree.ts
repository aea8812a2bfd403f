import type { Node } from '@pgsql/types';
import { unreadable } from '../refused.ts';

/** The names of node types, as `SelectStmt`; a node is an object with the one of its own. */
type NodeType = Node extends infer One ? (One extends Node ? keyof One : never) : never;
type NodeOf<Type extends NodeType> = Extract<Node, Readonly<Record<Type, unknown>>>;
type BodyOf<Type extends NodeType> = NodeOf<Type>[Type];

const isA = <Type extends NodeType>(node: Node, type: Type): node is NodeOf<Type> => type in node;

/** What a node of this type holds; nothing for a node of another type, or none. */
export const bodyOf = <Type extends NodeType>(node: Node | undefined, type: Type): BodyOf<Type> | undefined =>
  node && isA(node, type) ? node[type] : undefined;

/** The same where the grammar has no other type. */
export function onlyBodyOf<Type extends NodeType>(node: Node | undefined, type: Type): BodyOf<Type> {
  const body = bodyOf(node, type);
  if (body === undefined) throw unreadable(`${node ? typeOf(node) : 'an empty part'} is not supported`);
  return body;
}

/** Something that the grammar always gives. */
export function given<T>(value: T | undefined): T {
  if (value === undefined) throw unreadable('an empty part is not supported');
  return value;
}

export const typeOf = (node: Node): string => Object.keys(node)[0] ?? '';

/** Whether an object of the tree is a node, and not what one holds. */
export const isNode = (value: object): value is Node => /^[A-Z]/.test(Object.keys(value)[0] ?? '');

/** The fields of what a node holds, whatever they are. */
export const fieldsOf = (body: object): readonly (readonly [field: string, child: unknown])[] => Object.entries(body);

/** The text of a String node; empty for another. */
export const text = (node: Node | undefined): string => bodyOf(node, 'String')?.sval ?? '';
export const names = (nodes: readonly Node[] = []): readonly string[] => nodes.map(text);
export const lastName = (nodes: readonly Node[] | undefined): string => text(nodes?.at(-1));

export const fieldsOfColumn = (node: Node | undefined): readonly Node[] => bodyOf(node, 'ColumnRef')?.fields ?? [];
export const isStar = (node: Node | undefined): boolean => bodyOf(node, 'A_Star') !== undefined;

/** A constant text, behind casts. */
export function constantText(node: Node | undefined): string | undefined {
  const cast = bodyOf(node, 'TypeCast');
  if (cast) return constantText(cast.arg);
  const value = bodyOf(node, 'A_Const')?.sval;
  return value && (value.sval ?? '');
}

export function wholeNumber(node: Node | undefined): number | undefined {
  const value = bodyOf(node, 'A_Const')?.ival;
  return value && (value.ival ?? 0);
}

/** `DeleteStmt` → `DELETE`, `CreateTableAsStmt` → `CREATE TABLE AS`. */
export const statementName = (root: Node | undefined): string =>
  ((root && typeOf(root)) || 'no statement')
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();

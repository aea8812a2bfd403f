import type { ColumnKind } from '#src/domain/catalog.ts';
import type { CostEstimate } from '#src/domain/cost.ts';
import type { TableUse } from '#src/domain/read-only-sql.ts';
import type { Cell, StatementLimits } from '#src/domain/result-table.ts';
import type { SampleSummary } from '../samples.ts';

/** What the parent asks of its SQLite child, one request at a time. */
export type Request =
  | { readonly kind: 'open'; readonly file: string; readonly doubleQuotedText: boolean }
  | {
      readonly kind: 'run';
      readonly sql: string;
      readonly readable: readonly TableUse[];
      readonly callable: readonly string[];
      readonly tables: readonly TableUse[];
      readonly limits: StatementLimits;
    }
  | { readonly kind: 'estimate'; readonly sql: string; readonly tables: readonly TableUse[] }
  | { readonly kind: 'extract' }
  | { readonly kind: 'schema' };

export type Reply =
  | { readonly kind: 'opened'; readonly version: string }
  | { readonly kind: 'columns'; readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[] }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly Cell[])[]; readonly cellsCut: boolean }
  | { readonly kind: 'done'; readonly truncated?: 'rows' | 'bytes' }
  | { readonly kind: 'table'; readonly done: number; readonly total: number; readonly table: RawTable }
  | { readonly kind: 'estimated'; readonly estimate: CostEstimate }
  | { readonly kind: 'costly'; readonly why: string; readonly seconds: number }
  | { readonly kind: 'schema'; readonly objects: readonly SchemaObject[] }
  | { readonly kind: 'extracted' }
  | { readonly kind: 'failed'; readonly message: string; readonly code: number };

/** A view, a trigger or a virtual table, with the statement that made it. */
export interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

export interface RawTable {
  readonly name: string;
  readonly view: boolean;
  readonly rowEstimate?: number;
  readonly columns: readonly RawColumn[];
  readonly foreignKeys: readonly {
    readonly from: string;
    readonly table: string;
    readonly to: string | null;
    readonly id: number;
  }[];
}

export interface RawColumn extends SampleSummary {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** Position in the primary key, from 1; 0 when not in it. */
  readonly keyPosition: number;
}

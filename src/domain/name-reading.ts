/** A name as a query had it, and the `table.column` or table that it was read as. */
export interface NameReading {
  readonly written: string;
  readonly read: string;
}

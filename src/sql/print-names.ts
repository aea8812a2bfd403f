import type { EngineFamily } from './functions.ts';

/** Words that need quotes as names on some engine we write for; quoting one that needs none does no harm. */
const RESERVED = new Set(
  `accessible add all alter always analyse analyze and any array as asc asensitive asymmetric authorization before begin
   between bigint binary blob both by call cascade case cast change char character check collate collation column
   concurrently condition constraint continue convert create cross cube cume_dist current_catalog current_date
   current_role current_schema current_time current_timestamp current_user cursor database databases day_hour dec decimal
   declare default deferrable deferred delayed delete dense_rank desc describe deterministic distinct distinctrow div do
   double drop each else elseif empty enclosed end escape escaped except exclude exists exit explain false fetch filter
   first_value float for force foreign freeze from full fulltext function generated get glob grant group grouping groups
   having high_priority if ignore ilike immediate in index indexed infile initially inner inout insensitive insert instead
   int integer intersect interval into is isnull iterate join json_table key keys kill lag last_value lateral lead leading
   leave left like limit linear lines load localtime localtimestamp lock long loop low_priority master_bind match maxvalue
   mod modifies natural no not nothing notnull nth_value ntile null numeric of offset on only optimize option optionally or
   order others out outer outfile over overlaps partition percent_rank placing plan pragma precision primary procedure
   query raise range rank read reads real recursive references regexp reindex release rename repeat replace require
   resignal restrict return returning revoke right rlike rollback row row_number rows savepoint schema schemas select
   sensitive separator session_user set show signal similar smallint some spatial specific sql sqlexception sqlstate
   sqlwarning ssl starting stored straight_join symmetric system system_user table tablesample temp temporary terminated
   then ties tinyint to trailing transaction trigger true unbounded undo union unique unlock unsigned update usage use user
   using vacuum values varbinary varchar variadic varying verbose view virtual when where while window with without write
   xor zerofill`.split(/\s+/),
);

/** A name as the engine wants it written: bare where it is plain, else quoted. PostgreSQL folds bare names. */
export function nameOn(name: string, family: EngineFamily): string {
  const plain = family === 'postgres' ? /^[a-z_][a-z0-9_]*$/ : /^[A-Za-z_][A-Za-z0-9_]*$/;
  if (plain.test(name) && !RESERVED.has(name.toLowerCase())) return name;
  const quote = family === 'mysql' ? '`' : '"';
  return quote + name.replaceAll(quote, quote + quote) + quote;
}

/** A text literal. MySQL also takes `\` for an escape. */
export function textOn(value: string, family: EngineFamily): string {
  const doubled = value.replaceAll("'", "''");
  return `'${family === 'mysql' ? doubled.replaceAll('\\', '\\\\') : doubled}'`;
}

/**
 * Node types of PostgreSQL's grammar that a read may hold, each with the fields that it may have (GATE-4). A type or
 * field that is not listed is a refusal, so what a later grammar adds is refused until somebody has looked at it.
 */
export const NODES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    SelectStmt: `distinctClause targetList fromClause whereClause groupClause groupDistinct havingClause windowClause
      valuesLists sortClause limitOffset limitCount limitOption withClause op all larg rarg`,
    ResTarget: 'val name',
    ColumnRef: 'fields',
    A_Star: '',
    A_Const: 'sval ival fval boolval bsval isnull',
    A_Expr: 'kind name lexpr rexpr rexpr_list_start rexpr_list_end',
    A_ArrayExpr: 'elements list_start list_end',
    A_Indirection: 'arg indirection',
    A_Indices: 'is_slice lidx uidx',
    BoolExpr: 'boolop args',
    BooleanTest: 'arg booltesttype',
    NullTest: 'arg nulltesttype',
    CaseExpr: 'arg args defresult',
    CaseWhen: 'expr result',
    CoalesceExpr: 'args',
    MinMaxExpr: 'op args',
    CollateClause: 'arg collname',
    FuncCall: `funcname args agg_order agg_filter over agg_within_group agg_star agg_distinct func_variadic funcformat`,
    NamedArgExpr: 'arg name argnumber',
    GroupingFunc: 'args',
    GroupingSet: 'kind content',
    JoinExpr: 'jointype isNatural larg rarg usingClause join_using_alias quals alias',
    List: 'items',
    RangeVar: 'schemaname relname inh relpersistence alias',
    RangeSubselect: 'lateral subquery alias',
    RangeFunction: 'lateral ordinality is_rowsfrom functions alias coldeflist',
    RangeTableSample: 'relation method args repeatable',
    ColumnDef: 'colname typeName is_local',
    RowExpr: 'args row_format',
    SortBy: 'node sortby_dir sortby_nulls useOp',
    SQLValueFunction: 'op typmod',
    String: 'sval',
    Integer: 'ival',
    Float: 'fval',
    Boolean: 'boolval',
    BitString: 'bsval',
    SubLink: 'subLinkType testexpr operName subselect',
    TypeCast: 'arg typeName',
    WindowDef: 'name refname partitionClause orderClause frameOptions startOffset endOffset',
    CommonTableExpr: 'ctename aliascolnames ctematerialized ctequery search_clause cycle_clause',
    JsonObjectConstructor: 'exprs absent_on_null unique output',
    JsonArrayConstructor: 'exprs absent_on_null output',
    JsonObjectAgg: 'constructor arg absent_on_null unique',
    JsonArrayAgg: 'constructor arg absent_on_null',
    JsonKeyValue: 'key value',
    JsonValueExpr: 'raw_expr format',
    JsonIsPredicate: 'expr format item_type unique_keys',
    JsonTable: 'context_item pathspec columns on_error alias lateral',
    JsonTableColumn: 'coltype name typeName pathspec format wrapper quotes columns on_empty on_error',
    JsonFuncExpr: 'op context_item pathspec output wrapper quotes on_empty on_error',
  }).map(([type, fields]) => [type, new Set(fields.split(/\s+/))]),
);

/** Nodes that stand bare under a field of another, with their own fields. */
export const INLINE: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    alias: 'aliasname colnames',
    join_using_alias: 'aliasname colnames',
    over: 'name refname partitionClause orderClause frameOptions startOffset endOffset',
    typeName: 'names typmods typemod arrayBounds',
    withClause: 'ctes recursive',
    output: 'typeName returning',
    returning: 'format',
    format: 'format_type encoding',
    constructor: 'output agg_filter agg_order over',
    arg: 'key value raw_expr format',
    value: 'raw_expr format',
    context_item: 'raw_expr format',
    on_empty: 'btype',
    on_error: 'btype',
    search_clause: 'search_col_list search_breadth_first search_seq_column',
    cycle_clause: 'cycle_col_list cycle_mark_column cycle_mark_value cycle_mark_default cycle_path_column',
    pathspec: 'string name name_location',
  }).map(([field, fields]) => [field, new Set(fields.split(' '))]),
);

export const TYPES: ReadonlySet<string> = new Set(
  `bool boolean int2 int4 int8 smallint integer int bigint float4 float8 real numeric decimal text varchar bpchar char
   name date time timetz timestamp timestamptz interval uuid json jsonb jsonpath bytea money inet cidr macaddr bit varbit
   tsvector tsquery daterange tsrange tstzrange int4range int8range numrange point`.split(/\s+/),
);

/** Operators that the system defines, by symbol; those that a database defines itself are told by `ownCode`. */
export const OPERATORS: ReadonlySet<string> = new Set(
  `= <> != < <= > >= + - * / % ^ | & # ~ << >> || |/ ||/ @ ~~ !~~ ~~* !~~* ~* !~ !~* ^@ -> ->> #> #>> #- @> <@ ? ?| ?& && -|-
   &< &> @@ @? <-> BETWEEN`.split(/\s+/),
);

/** Without the names of the role, the server's schema or its catalog. */
export const VALUE_FUNCTIONS: ReadonlySet<string> = new Set(
  `CURRENT_DATE CURRENT_TIME CURRENT_TIME_N CURRENT_TIMESTAMP CURRENT_TIMESTAMP_N LOCALTIME LOCALTIME_N LOCALTIMESTAMP
   LOCALTIMESTAMP_N`
    .split(/\s+/)
    .map((name) => `SVFOP_${name}`),
);

const each = ['key', 'value'];
const values = ['value'];
/** Functions in FROM whose columns have names of their own; any other gives one, named as itself. */
export const FUNCTION_COLUMNS: ReadonlyMap<string, readonly string[]> = new Map([
  ['json_each', each],
  ['jsonb_each', each],
  ['json_each_text', each],
  ['jsonb_each_text', each],
  ['json_array_elements', values],
  ['jsonb_array_elements', values],
  ['json_array_elements_text', values],
  ['jsonb_array_elements_text', values],
]);

/** Regular-expression functions: the position of the pattern among the arguments. */
export const PATTERN_ARGUMENT: ReadonlyMap<string, number> = new Map(
  'regexp_match regexp_matches regexp_replace regexp_count regexp_like regexp_substr regexp_instr regexp_split_to_array regexp_split_to_table'
    .split(' ')
    .map((name) => [name, 1]),
);
export const PATTERN_OPERATORS: ReadonlySet<string> = new Set(['~', '~*', '!~', '!~*']);

/** Functions whose result has a length that one argument says: the position of that argument. */
export const LENGTH_ARGUMENT: ReadonlyMap<string, number> = new Map([
  ['lpad', 1],
  ['rpad', 1],
]);

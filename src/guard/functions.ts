import type { Engine } from '#src/domain/catalog.ts';

/**
 * Functions that a statement may call, per engine: pure ones, the current time, and `random`. Closed lists: what is not
 * here is refused, so a function that reads a file, sleeps, takes a lock or runs text as SQL needs no entry anywhere.
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const AGGREGATES = words('count sum avg min max');
const WINDOWS = words(
  'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value',
);
const COMMON = words(
  'abs ceil ceiling coalesce floor ifnull length lower mod nullif power pow replace round sign sqrt substr substring trim ltrim rtrim upper concat concat_ws exp ln log log10 pi',
);

export const SQLITE_FUNCTIONS: ReadonlySet<string> = new Set([
  ...AGGREGATES,
  ...WINDOWS,
  ...COMMON,
  ...words(`total group_concat string_agg median percentile percentile_cont percentile_disc
    date time datetime julianday strftime unixepoch timediff current_date current_time current_timestamp
    iif if instr like glob hex unhex unicode char quote typeof printf soundex sign subtype
    concat_ws strftime json_quote json_tree json_each json_patch json_remove json_replace json_set json_insert json_pretty
    json_error_position json_group_array json_group_object jsonb jsonb_extract jsonb_array jsonb_object
     likelihood likely unlikely random
    json json_array json_array_length json_extract json_object json_type json_valid json_group_array json_group_object -> ->>
    acos asin atan atan2 cos sin tan acosh asinh atanh cosh sinh tanh degrees radians trunc log2 octet_length format`),
]);

export const POSTGRES_FUNCTIONS: ReadonlySet<string> = new Set([
  ...AGGREGATES,
  ...WINDOWS,
  ...COMMON,
  ...words(`array_agg string_agg bool_and bool_or every bit_and bit_or json_agg jsonb_agg json_object_agg jsonb_object_agg mode
    percentile_cont percentile_disc stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp
    regr_slope regr_intercept regr_r2 regr_count regr_avgx regr_avgy grouping
    age date date_part date_trunc extract justify_days justify_hours justify_interval make_date make_interval
    make_time make_timestamp make_timestamptz now statement_timestamp transaction_timestamp timezone to_char to_date
    to_number to_timestamp date_bin isfinite overlaps
    ascii btrim char_length character_length chr initcap left lpad ltrim md5 octet_length overlay position regexp_match
    regexp_replace regexp_count regexp_like regexp_substr regexp_split_to_array reverse right rpad split_part starts_with strpos
    translate unnest array_length array_position array_to_string string_to_array cardinality array_remove
    greatest least cbrt degrees div factorial gcd lcm radians random trunc width_bucket acos asin atan atan2 cos cot cotd sin tan pg_typeof point
    jsonb_array_elements jsonb_array_elements_text json_array_elements json_array_elements_text jsonb_array_length
    json_array_length jsonb_each json_each jsonb_each_text json_each_text jsonb_extract_path jsonb_extract_path_text
    json_extract_path json_extract_path_text jsonb_object_keys json_object_keys jsonb_typeof json_typeof
    jsonb_build_object json_build_object to_json to_jsonb row_to_json generate_series num_nulls num_nonnulls
    normalize is_normalized format like_escape similar_to_escape
    string_to_table regexp_matches regexp_instr regexp_split_to_table encode decode sha224 sha256 sha384 sha512 array_to_json
    int4range int8range numrange daterange tsrange tstzrange jsonb_set jsonb_insert jsonb_set_lax
    array_append array_prepend array_cat array_positions array_lower array_upper array_dims array_replace generate_subscripts
    any_value bit_xor json_build_array jsonb_build_array jsonb_pretty jsonb_strip_nulls json_strip_nulls jsonb_path_exists
    jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_path_match json_to_record jsonb_to_record
    json_to_recordset jsonb_to_recordset json_object jsonb_object json_array_elements concat_ws quote_literal quote_ident
    quote_nullable to_hex bit_length bit_count min_scale scale trim_scale sind cosd tand sinh cosh tanh asinh acosh atanh
    asind acosd atand atan2d convert_to erf lower_inc upper_inc isempty range_merge range_agg range_intersect_agg make_timestamptz date_add date_subtract
    regr_count regr_sxx regr_sxy regr_syy unistr convert_from to_ascii host network masklen family text
    to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline setweight
    strip numnode tsvector_to_array lag`),
]);

export const MYSQL_FUNCTIONS: ReadonlySet<string> = new Set([
  ...AGGREGATES,
  ...WINDOWS,
  ...COMMON,
  ...words(`group_concat std stddev stddev_pop stddev_samp variance var_pop var_samp bit_and bit_or bit_xor json_arrayagg
    json_objectagg percentile_cont percentile_disc median
    adddate addtime convert cast curdate current_date current_time current_timestamp curtime date date_add date_format
    date_sub datediff day dayname dayofmonth dayofweek dayofyear extract from_days from_unixtime hour last_day localtime
    localtimestamp makedate maketime microsecond minute month monthname now period_add period_diff quarter sec_to_time second
    str_to_date subdate subtime time time_format time_to_sec timediff timestamp timestampadd timestampdiff to_days
    to_seconds unix_timestamp utc_date utc_time utc_timestamp week weekday weekofyear year yearweek
    ascii char_length character_length elt field find_in_set format hex instr lcase left locate lpad mid
    octet_length ord position quote regexp_instr regexp_replace regexp_substr reverse right rpad soundex space strcmp
    substring_index ucase unhex md5 sha1 sha2
    acos asin atan atan2 conv cos cot crc32 degrees greatest least if isnull log2 nullif radians rand sin tan truncate
    json_array json_contains json_contains_path json_depth json_extract json_keys json_length json_object json_quote
    json_search json_type json_unquote json_valid json_value json_query json_exists json_merge_patch json_merge_preserve
    convert_tz json_insert json_replace json_set json_remove json_array_append json_overlaps json_pretty json_compact json_detailed
    json_arrayagg any_value grouping bit_length bit_count hour character_length to_base64 from_base64 sha crc32c oct bin
    char ord insert replace export_set make_set natural_sort_key regexp_like repeat
    charset collation sysdate nvl nvl2 chr sformat add_months to_char json_array_insert json_merge json_normalize json_equals
    json_loose inet6_aton inet6_ntoa coercibility
    lengthb row inet_ntoa inet_aton is_ipv4 is_ipv6 interval get_format sec_to_time time_format`),
]);

/** The functions that a statement may call on an engine, in small letters. */
export const callableOn = (engine: Engine): ReadonlySet<string> =>
  engine === 'sqlite' ? SQLITE_FUNCTIONS : engine === 'postgres' ? POSTGRES_FUNCTIONS : MYSQL_FUNCTIONS;

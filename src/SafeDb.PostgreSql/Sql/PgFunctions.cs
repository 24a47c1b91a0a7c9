using System.Collections.Frozen;

namespace SafeDb.PostgreSql.Sql;

/// <summary>How a function of the server's own behaves when it is called twice.</summary>
internal enum PgVolatility
{
    /// <summary>Not a known function of the server.</summary>
    Unknown,

    /// <summary>Same arguments, same answer, at least within one statement.</summary>
    Stable,

    /// <summary>Another answer at each call.</summary>
    Volatile,
}

/// <summary>Functions of the server and of the usual extensions, as far as defaults and conditions of migrations call them.</summary>
internal static class PgFunctions
{
    private static readonly FrozenSet<string> Volatile = Set(
        "random random_normal gen_random_uuid uuidv4 uuidv7 clock_timestamp timeofday nextval setval currval lastval uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 " +
        "array_sample array_shuffle gen_random_bytes gen_salt pg_sleep setseed txid_current pg_current_xact_id set_config pg_notify lo_create lo_import lo_from_bytea dblink dblink_exec");

    private static readonly FrozenSet<string> Stable = Set(
        "now statement_timestamp transaction_timestamp current_timestamp current_date current_time localtime localtimestamp current_user session_user user current_role current_catalog " +
        "current_schema current_schemas current_database current_setting version pg_backend_pid inet_client_addr inet_server_addr timezone date_trunc date_part date_bin extract age " +
        "make_date make_time make_timestamp make_timestamptz make_interval to_timestamp to_date to_char to_number justify_days justify_hours justify_interval isfinite " +
        "abs ceil ceiling floor round trunc sign sqrt cbrt power pow exp ln log mod div gcd lcm degrees radians pi sin cos tan asin acos atan atan2 width_bucket scale min_scale trim_scale " +
        "lower upper initcap length char_length character_length octet_length bit_length trim btrim ltrim rtrim lpad rpad left right substr substring overlay position strpos replace " +
        "translate reverse repeat split_part concat concat_ws format quote_ident quote_literal quote_nullable ascii chr md5 sha224 sha256 sha384 sha512 encode decode convert_from convert_to " +
        "regexp_replace regexp_match regexp_matches regexp_split_to_array regexp_like regexp_count regexp_substr string_to_array array_to_string unistr starts_with normalize casefold " +
        "coalesce nullif greatest least array_append array_prepend array_cat array_length array_lower array_upper array_position array_positions array_remove array_replace cardinality " +
        "array_ndims array_fill unnest generate_series generate_subscripts json_build_object jsonb_build_object json_build_array jsonb_build_array to_json to_jsonb row_to_json " +
        "array_to_json json_object jsonb_object json_typeof jsonb_typeof jsonb_set jsonb_insert jsonb_strip_nulls json_strip_nulls json_extract_path jsonb_extract_path " +
        "json_extract_path_text jsonb_extract_path_text json_array_length jsonb_array_length jsonb_path_exists jsonb_path_query jsonb_array_elements json_array_elements " +
        "jsonb_array_elements_text json_array_elements_text jsonb_each jsonb_each_text json_each json_each_text jsonb_object_keys json_object_keys jsonb_pretty " +
        "to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery setweight strip tsvector_to_array ts_rank ts_headline numnode querytree " +
        "int4range int8range numrange tsrange tstzrange daterange lower_inc upper_inc isempty range_merge int4multirange int8multirange nummultirange datemultirange " +
        "uuid_nil uuid_ns_dns uuid_ns_url uuid_ns_oid uuid_ns_x500 uuid_generate_v3 uuid_generate_v5 uuid_extract_timestamp uuid_extract_version digest hmac crypt unaccent similarity " +
        "host family masklen netmask network broadcast hostmask text inet_same_family inet_merge set_masklen abbrev point box circle polygon lseg path area center diameter radius " +
        "json_table json_value json_query json_exists json_arrayagg json_objectagg json_scalar json_serialize json_array merge_action array_reverse array_sort crc32 crc32c gamma lgamma erf erfc date_add date_subtract system_user " +
        "get_bit set_bit get_byte set_byte bit_count to_hex to_bin to_oct num_nonnulls num_nulls pg_typeof format_type obj_description pg_get_serial_sequence to_regclass " +
        "count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every row_number rank dense_rank ntile lag lead first_value " +
        "last_value nth_value percent_rank cume_dist percentile_cont percentile_disc mode stddev variance corr exists grouping any_value xmlelement xmlagg xmlforest xpath xmlparse xmlserialize " +
        "st_geomfromtext st_makepoint st_setsrid st_point st_transform st_astext st_asgeojson st_geogfromtext hstore bpchar_larger float8 int4 int8 date bool numeric varchar enum_range enum_first enum_last");

    // Followed by a parenthesis without being calls.
    private static readonly FrozenSet<string> Syntax = Set(
        "in any all some and or not as when then else case values using on over filter within group check default exists from where select row array cast treat is between like ilike similar " +
        "varchar char character numeric decimal bit varying timestamp time interval precision float lateral union intersect except distinct order by partition having limit offset " +
        "columns returning set key references unique primary include table only rows range with materialized escape nulls conflict constraint generated");

    private static readonly FrozenSet<string> Bare = Set(
        "current_timestamp current_date current_time localtime localtimestamp current_user session_user current_role current_catalog current_schema");

    /// <summary>Whether a word before a parenthesis is grammar, not a function.</summary>
    public static bool IsSyntax(string name) => Syntax.Contains(name);

    /// <summary>Whether a word calls a function without parentheses.</summary>
    public static bool IsCallWithoutParentheses(string name) => Bare.Contains(name);

    /// <summary>What is known of a function.</summary>
    public static PgVolatility VolatilityOf(string name) =>
        Volatile.Contains(name) ? PgVolatility.Volatile : Stable.Contains(name) ? PgVolatility.Stable : PgVolatility.Unknown;

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}

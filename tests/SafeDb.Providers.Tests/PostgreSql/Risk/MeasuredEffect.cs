using System.Text.Json;

using Npgsql;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>What a statement really did to a relation, by the server's own account.</summary>
public sealed record MeasuredEffect(string Lock, string Rewrite, long Scans, IReadOnlyList<string> Rebuilt)
{
    private static readonly string[] Order =
        ["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];

    /// <summary>Rank of a lock mode: what was taken stays taken until the transaction ends, so the strongest one counts.</summary>
    public static int Strength(string mode) => Array.IndexOf(Order, mode);

    public override string ToString() =>
        $"{Lock.Replace("Lock", "", StringComparison.Ordinal)} rewrite={Rewrite} scan={(Scans < 0 ? "-" : Scans)}" + (Rebuilt.Count == 0 ? "" : " idxrebuilt=" + string.Join(',', Rebuilt));

    /// <summary>Runs the set-up, then the statements in a transaction that is rolled back. Gives the effects by relation, or the error's SQLSTATE.</summary>
    public static async Task<(IReadOnlyDictionary<string, MeasuredEffect> Effects, string? Error)> RunAsync(
        NpgsqlConnection connection, IEnumerable<string> setup, IEnumerable<string> statements, IReadOnlyList<string> watched, string timeZone = "UTC", bool alone = false)
    {
        await ExecuteAsync(connection, $"SET client_min_messages=error; DROP SCHEMA IF EXISTS p CASCADE; CREATE SCHEMA p; SET search_path=p,public; SET timezone='{timeZone}'");
        foreach (string sql in setup)
        {
            await ExecuteAsync(connection, sql);
        }

        JsonElement before = await SnapAsync(connection, watched);
        if (!alone)
        {
            await ExecuteAsync(connection, "BEGIN");
        }

        try
        {
            JsonElement start = await SnapAsync(connection, watched);
            foreach (string sql in statements)
            {
                await ExecuteAsync(connection, sql);
            }

            return (Compare(before, start, await SnapAsync(connection, watched), watched), null);
        }
        catch (PostgresException refused)
        {
            return (new Dictionary<string, MeasuredEffect>(), refused.SqlState);
        }
        finally
        {
            await ExecuteAsync(connection, "ROLLBACK");
        }
    }

    /// <summary>Creates the function that the measurement uses.</summary>
    public static Task PrepareAsync(NpgsqlConnection connection) => ExecuteAsync(connection, """
        CREATE EXTENSION IF NOT EXISTS btree_gist; CREATE EXTENSION IF NOT EXISTS citext;
        CREATE OR REPLACE FUNCTION public.snap(rels text[]) RETURNS jsonb LANGUAGE sql AS $f$
         SELECT coalesce(jsonb_object_agg(r, jsonb_build_object(
          'fn', pg_relation_filenode(to_regclass(r)), 'oid', to_regclass(r)::oid::bigint,
          'idx', (SELECT coalesce(jsonb_object_agg(indexrelid::regclass::text, pg_relation_filenode(indexrelid)),'{}') FROM pg_index WHERE indrelid=to_regclass(r)),
          'scan', (SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relid=to_regclass(r)),
          'lock', (SELECT jsonb_agg(DISTINCT mode) FROM pg_locks WHERE pid=pg_backend_pid() AND relation=to_regclass(r)))),'{}') FROM unnest(rels) r $f$
        """);

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<JsonElement> SnapAsync(NpgsqlConnection connection, IReadOnlyList<string> watched)
    {
        await using var command = new NpgsqlCommand("SELECT public.snap($1)::text", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = watched.ToArray() });
        return JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!).RootElement;
    }

    private static Dictionary<string, MeasuredEffect> Compare(JsonElement before, JsonElement start, JsonElement after, IReadOnlyList<string> watched)
    {
        var effects = new Dictionary<string, MeasuredEffect>(StringComparer.Ordinal);
        foreach (string name in watched)
        {
            JsonElement old = before.GetProperty(name);
            JsonElement now = after.GetProperty(name);
            if (old.GetProperty("oid").ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            bool gone = now.GetProperty("oid").ValueKind == JsonValueKind.Null;
            string[] locks = gone || now.GetProperty("lock").ValueKind == JsonValueKind.Null ? [] : [.. now.GetProperty("lock").EnumerateArray().Select(mode => mode.GetString()!).Where(Order.Contains)];
            bool rewritten = !gone && old.GetProperty("fn").ToString() != now.GetProperty("fn").ToString();
            string[] rebuilt = [.. old.GetProperty("idx").EnumerateObject().Where(index => now.GetProperty("idx").TryGetProperty(index.Name, out JsonElement other) && other.ToString() != index.Value.ToString()).Select(index => index.Name)];
            effects[name] = new MeasuredEffect(
                locks.Length == 0 ? "-" : locks.MaxBy(mode => Array.IndexOf(Order, mode))!, gone ? "gone" : rewritten ? "REWRITE" : "no", gone ? -1 : ScansIn(now) - ScansIn(start.GetProperty(name)), rebuilt);
        }

        return effects;
    }

    private static long ScansIn(JsonElement snapshot) => snapshot.GetProperty("scan") is { ValueKind: JsonValueKind.Number } scans ? scans.GetInt64() : 0;
}

using Npgsql;

using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Schema;

namespace SafeDb.PostgreSql.Restore;

/// <summary>What the server puts into every new database.</summary>
internal static class NewDatabase
{
    /// <summary>
    /// The statements of owners, privileges, comments and labels that are in force in a new database already: on objects that the server itself made (the extension plpgsql, text search configurations, the schema
    /// public) only whoever made the server may say them again.
    /// </summary>
    public static async Task<IReadOnlySet<string>> AnnotationsAsync(ServerConnections copy, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await copy.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", cancellationToken).ConfigureAwait(false);
            await connection.ExecuteAsync(await SessionSettings.ReadingAsync(connection, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            PostgreSqlSchema schema = await PostgreSqlSchemaReader.ReadAsync(connection, new SchemaReadOptions(), cancellationToken).ConfigureAwait(false);
            return schema.Schema.Objects.Where(SchemaKinds.IsAnnotation).Select(item => item.Definition).ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, null, cancellationToken);
        }
    }
}

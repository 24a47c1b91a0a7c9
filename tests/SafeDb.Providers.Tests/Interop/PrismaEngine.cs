using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

using SafeDb.Providers.Tests.Interop;

using Xunit;

[assembly: AssemblyFixture(typeof(PrismaEngine))]

namespace SafeDb.Providers.Tests.Interop;

/// <summary>Prisma Migrate's engine in one Node process for the whole test run: loading it costs more than using it.</summary>
public sealed class PrismaEngine : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly Lock _start = new();
    private Process? _process;
    private int _requests;

    /// <summary>Calls a method for the database and folder.</summary>
    public async Task<JsonElement> CallAsync(PeerDatabase database, string folder, string method, string? name)
    {
        Process process = Started();
        int id = Interlocked.Increment(ref _requests);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        string request = JsonSerializer.Serialize(new
        {
            id, method, name, folder, database = database.IsSqlite ? $"sqlite:{database.Name}" : database.Name,
            host = "127.0.0.1", port = database.IsSqlite ? 0 : int.Parse(database.Environment["PGPORT"], CultureInfo.InvariantCulture), user = "postgres",
        });
        lock (_start)
        {
            process.StandardInput.WriteLine(request);
            process.StandardInput.Flush();
        }

        return await answer.Task.WaitAsync(Limit);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private Process Started()
    {
        lock (_start)
        {
            if (_process is null)
            {
                var start = new ProcessStartInfo("node", [PeerProgram.File("prisma", "engine.mjs")]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
                _process = Process.Start(start)!;
                _process.OutputDataReceived += (_, line) => Take(line.Data);
                _process.ErrorDataReceived += (_, line) => Fail(line.Data);
                _process.BeginOutputReadLine();
                _process.BeginErrorReadLine();
            }

            return _process;
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            Fail("The engine's process ended.");
            return;
        }

        JsonElement said = JsonDocument.Parse(line).RootElement;
        if (_waiting.TryRemove(said.GetProperty("id").GetInt32(), out TaskCompletionSource<JsonElement>? answer))
        {
            answer.SetResult(said);
        }
    }

    private void Fail(string? problem)
    {
        foreach (int id in problem is null ? [] : _waiting.Keys)
        {
            if (_waiting.TryRemove(id, out TaskCompletionSource<JsonElement>? answer))
            {
                answer.SetException(new InvalidOperationException(problem));
            }
        }
    }
}

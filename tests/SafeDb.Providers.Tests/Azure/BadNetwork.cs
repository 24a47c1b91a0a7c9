using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SafeDb.Providers.Tests.Azure;

/// <summary>
/// An HTTP proxy in front of the emulator that cuts, delays, throttles and answers 5xx by a seeded choice. One request a connection goes wrong or right as a whole; it speaks just enough
/// HTTP/1.1 to find where a message ends.
/// </summary>
public sealed class BadNetwork : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly Func<string, RequestFate> _choose;
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<RequestFate, int> _seen = new();

    /// <param name="serverPort">The emulator's port.</param>
    /// <param name="choose">The fate of a request, by its first line.</param>
    public BadNetwork(int serverPort, Func<string, RequestFate> choose)
    {
        _serverPort = serverPort;
        _choose = choose;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often each fate struck.</summary>
    public IReadOnlyDictionary<RequestFate, int> Seen => _seen;

    public int Requests => _seen.Values.Sum();

    /// <summary>A chooser that hurts the given share of requests, evenly among all kinds of harm. Its own lock: connections ask at the same time.</summary>
    public static Func<string, RequestFate> Randomly(int seed, double share)
    {
        var random = new Random(seed);
        RequestFate[] harms = [.. Enum.GetValues<RequestFate>().Where(fate => fate != RequestFate.Pass)];
        return _ =>
        {
            lock (random)
            {
                return random.NextDouble() < share ? harms[random.Next(harms.Length)] : RequestFate.Pass;
            }
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient owned = client;
        try
        {
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            NetworkStream near = client.GetStream();
            NetworkStream far = server.GetStream();
            while (await ReadHeadAsync(near) is { } head)
            {
                RequestFate fate = _choose(head[..head.IndexOf('\r', StringComparison.Ordinal)]);
                _seen.AddOrUpdate(fate, 1, (_, count) => count + 1);
                if (!await ServeOneAsync(head, fate, near, far))
                {
                    client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
                    return;
                }
            }
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A connection that ends is what this class is for.
        }
    }

    private async Task<bool> ServeOneAsync(string head, RequestFate fate, NetworkStream near, NetworkStream far)
    {
        byte[] body = await ReadBodyAsync(head, near);
        switch (fate)
        {
            case RequestFate.CutBefore:
                return false;
            case RequestFate.Delay:
                await Task.Delay(150, _stop.Token);
                break;
            case RequestFate.InternalError:
                await AnswerAsync(near, "500 Internal Server Error", "InternalError");
                return true;
            case RequestFate.Busy:
                await AnswerAsync(near, "503 Server Busy", "ServerBusy");
                return true;
            case RequestFate.Throttle:
                await AnswerAsync(near, "429 Too Many Requests", "TooManyRequests", "retry-after-ms: 60\r\n");
                return true;
        }

        await far.WriteAsync(Encoding.Latin1.GetBytes(head), _stop.Token);
        await far.WriteAsync(body, _stop.Token);
        string answer = await ReadHeadAsync(far) ?? throw new IOException("The emulator closed the connection.");
        bool hasBody = !head.StartsWith("HEAD ", StringComparison.Ordinal) && !answer.Contains(" 204 ", StringComparison.Ordinal) && !answer.Contains(" 304 ", StringComparison.Ordinal);
        byte[] content = hasBody ? await ReadBodyAsync(answer, far) : [];
        if (fate == RequestFate.LoseAnswer)
        {
            return false;
        }

        await near.WriteAsync(Encoding.Latin1.GetBytes(answer), _stop.Token);
        bool cut = fate == RequestFate.CutAnswer;
        await near.WriteAsync(cut ? content.AsMemory(0, content.Length / 2) : content, _stop.Token);
        return !cut;
    }

    private async Task AnswerAsync(NetworkStream near, string status, string code, string more = "")
    {
        string body = $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>Made up.</Message></Error>";
        string text = $"HTTP/1.1 {status}\r\nx-ms-error-code: {code}\r\nContent-Type: application/xml\r\nContent-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n{more}\r\n{body}";
        await near.WriteAsync(Encoding.Latin1.GetBytes(text), _stop.Token);
    }

    private async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new List<byte>(1024);
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
        {
            head.Add(one[0]);
            if (head.Count >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r')
            {
                return Encoding.Latin1.GetString([.. head]);
            }
        }

        return null;
    }

    /// <summary>The body as it is on the wire, chunk marks and all.</summary>
    private async Task<byte[]> ReadBodyAsync(string head, NetworkStream stream)
    {
        if (Header(head, "Transfer-Encoding") is { } encoding && encoding.Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            return await ReadChunksAsync(stream);
        }

        byte[] body = new byte[Header(head, "Content-Length") is { } length ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return body;
    }

    private async Task<byte[]> ReadChunksAsync(NetworkStream stream)
    {
        using var whole = new MemoryStream();
        byte[] one = new byte[1];
        while (true)
        {
            var line = new StringBuilder();
            while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(one, _stop.Token);
                line.Append((char)one[0]);
            }

            whole.Write(Encoding.Latin1.GetBytes(line.ToString()));
            int size = int.Parse(line.ToString().Split(';')[0].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            byte[] chunk = new byte[size + 2];
            await stream.ReadExactlyAsync(chunk, _stop.Token);
            whole.Write(chunk);
            if (size == 0)
            {
                return whole.ToArray();
            }
        }
    }

    private static string? Header(string head, string name) => head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();
}

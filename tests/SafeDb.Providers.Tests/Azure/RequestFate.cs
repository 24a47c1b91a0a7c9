namespace SafeDb.Providers.Tests.Azure;

/// <summary>What the bad network does to one request.</summary>
public enum RequestFate
{
    /// <summary>Nothing.</summary>
    Pass,

    /// <summary>It arrives late.</summary>
    Delay,

    /// <summary>The connection is cut before the server sees the request.</summary>
    CutBefore,

    /// <summary>The server does the work, and its answer is lost.</summary>
    LoseAnswer,

    /// <summary>The answer is cut in its middle.</summary>
    CutAnswer,

    /// <summary>500 Internal Server Error.</summary>
    InternalError,

    /// <summary>503 Server Busy.</summary>
    Busy,

    /// <summary>429 Too Many Requests with Retry-After.</summary>
    Throttle,
}

namespace SafeDb.Errors;

/// <summary>What sort of failure an error is. One switch per front end turns it into an error category or an exit code.</summary>
public enum ErrorKind
{
    /// <summary>The caller gave something unusable.</summary>
    InvalidInput,

    /// <summary>What was named is there, but cannot be used: a file, an archive, a script, a configuration.</summary>
    InvalidContent,

    /// <summary>Something that must exist does not.</summary>
    NotFound,

    /// <summary>Something exists that must not.</summary>
    Conflict,

    /// <summary>Somebody else holds it.</summary>
    Locked,

    /// <summary>Credentials, keys or rights are missing or wrong.</summary>
    Unauthorized,

    /// <summary>A server cannot be reached or went away.</summary>
    Connection,

    /// <summary>It took longer than allowed.</summary>
    Timeout,

    /// <summary>A text does not follow its grammar.</summary>
    Syntax,

    /// <summary>Stored data is damaged or was tampered with.</summary>
    Corrupt,

    /// <summary>A gate of the policy is closed.</summary>
    GateClosed,

    /// <summary>Storage failed or is full.</summary>
    Storage,

    /// <summary>The engine, version or feature is not supported here.</summary>
    Unsupported,

    /// <summary>What was checked is not as it should be.</summary>
    Verification,

    /// <summary>The work failed and was taken back; the old state holds.</summary>
    RolledBack,

    /// <summary>The work failed and could not be taken back: a person must look.</summary>
    NeedsPerson,

    /// <summary>The caller stopped it.</summary>
    Cancelled,

    /// <summary>SafeDb itself is at fault.</summary>
    Bug,
}

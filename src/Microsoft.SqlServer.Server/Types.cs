namespace Microsoft.SqlServer.Server;

/// <summary>Serialisation format of a CLR user-defined type.</summary>
public enum Format
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>By the engine.</summary>
    Native = 1,

    /// <summary>By the type itself, through <see cref="IBinarySerialize"/>.</summary>
    UserDefined = 2,
}

/// <summary>A CLR user-defined type that serialises itself.</summary>
public interface IBinarySerialize
{
    /// <summary>Reads the value.</summary>
    void Read(BinaryReader r);

    /// <summary>Writes the value.</summary>
    void Write(BinaryWriter w);
}

/// <summary>Thrown by SqlClient for a malformed CLR user-defined type.</summary>
public sealed class InvalidUdtException : SystemException
{
    /// <summary>Creates the exception.</summary>
    public InvalidUdtException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public InvalidUdtException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    public InvalidUdtException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Marks a CLR user-defined type.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = false, Inherited = true)]
public sealed class SqlUserDefinedTypeAttribute : Attribute
{
    /// <summary>Creates the attribute.</summary>
    public SqlUserDefinedTypeAttribute(Format format) => Format = format;

    /// <summary>How the type serialises.</summary>
    public Format Format { get; }

    /// <summary>Largest size in bytes, -1 for unlimited.</summary>
    public int MaxByteSize { get; set; }

    /// <summary>Whether every value has the same size.</summary>
    public bool IsFixedLength { get; set; }

    /// <summary>Whether the binary form sorts like the value.</summary>
    public bool IsByteOrdered { get; set; }

    /// <summary>Name of the validation method.</summary>
    public string? ValidationMethodName { get; set; }

    /// <summary>Name of the type.</summary>
    public string? Name { get; set; }
}

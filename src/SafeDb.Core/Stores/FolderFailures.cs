using SafeDb.Errors;

namespace SafeDb.Stores;

/// <summary>Turns the file system's exceptions into errors with ids.</summary>
internal static class FolderFailures
{
    // Error numbers of Unix systems as .NET passes them on in HResult, and the Windows codes.
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsWriteProtect = unchecked((int)0x80070013);
    private const int WindowsSharing = unchecked((int)0x80070020);
    private const int WouldBlock = 11;
    private const int WouldBlockMac = 35;

    internal static bool IsFileFailure(Exception failure) => failure is IOException or UnauthorizedAccessException;

    internal static bool IsSharing(Exception failure) => failure.HResult is WindowsSharing or WouldBlock or WouldBlockMac;

    internal static SafeDbException Writing(Exception failure, string path) => failure switch
    {
        UnauthorizedAccessException => FolderErrors.AccessDenied.Caused(failure, path),
        _ when failure.HResult is NoSpace or QuotaLinux or QuotaMac or WindowsDiskFull or WindowsHandleDiskFull => FolderErrors.Full.Caused(failure, path),
        _ when failure.HResult is ReadOnlyFileSystem or WindowsWriteProtect => FolderErrors.ReadOnly.Caused(failure, path),
        _ when IsSharing(failure) => FolderErrors.InUse.Caused(failure, path),
        _ => FolderErrors.WriteFailed.Caused(failure, path, failure.Message),
    };

    internal static SafeDbException Reading(Exception failure, string path) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => StoreErrors.NotFound.Caused(failure, path),
        UnauthorizedAccessException => FolderErrors.AccessDenied.Caused(failure, path),
        _ when IsSharing(failure) => FolderErrors.InUse.Caused(failure, path),
        _ => FolderErrors.ReadFailed.Caused(failure, path, failure.Message),
    };
}

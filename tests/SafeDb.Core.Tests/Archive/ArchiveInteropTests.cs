using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using SafeDb.Archive;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

/// <summary>Tools that we did not write open what we write.</summary>
public sealed class ArchiveInteropTests : IDisposable
{
    private const string Passphrase = "correct horse Åäö 馬";
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-interop").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Common_zip_tools_accept_the_file()
    {
        string file = await WriteFileAsync(await ShopAsync());
        using (ZipArchive zip = await ZipFile.OpenReadAsync(file, Token))
        {
            Assert.Equal(["header.json", "README.txt", "parts/000001", "parts/000002", "manifest", "checksums.sha256", "manifest.hmac"], zip.Entries.Select(entry => entry.FullName));
            Assert.Equal(Created.DateTime.AddSeconds(-1), zip.Entries[0].LastWriteTime.DateTime); // ZIP counts in steps of two seconds
        }

        await RunAsync("python3", null, "-c", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); sys.exit(z.testzip() is not None)", file);
        Assert.Contains("No errors detected", await RunAsync("unzip", null, "-t", file), StringComparison.Ordinal);
        await RunAsync("unzip", null, "-q", file, "-d", _folder);
        await RunAsync("sha256sum", null, "-c", "checksums.sha256");
    }

    [Theory]
    [InlineData(true, "br")]
    [InlineData(true, "none")]
    [InlineData(false, "br")]
    public async Task Reader_written_from_the_document_opens_the_archive(bool encrypted, string codec)
    {
        byte[] image = [.. RandomNumberGenerator.GetBytes(5 << 20), .. new byte[1 << 20]];
        using ArchiveSecrets secrets = Secrets(encrypted);
        ArchiveWriterOptions options = Options(secrets, codec, partSize: 4 << 20);
        using var output = new MemoryStream();
        await using ArchiveWriter writer = await ArchiveWriter.CreateAsync(output, options, Token);
        await using ArchiveUnitWriter unit = writer.OpenUnit(PartKind.Image, string.Empty, 0);
        await unit.WriteAsync(image, Token);
        await writer.CompleteAsync(Manifest(options, [], (await unit.CompleteAsync(Token)).Parts), Token);
        string manifest = await ReadWithPythonAsync(await WriteFileAsync(output.ToArray()), null, encrypted ? ["--key", Convert.ToHexString(RawKey), "--out", _folder] : ["--out", _folder]);
        using JsonDocument json = JsonDocument.Parse(manifest);
        Assert.Equal(options.ArchiveId, json.RootElement.GetProperty("archiveId").GetString());
        byte[][] parts = [.. Directory.GetFiles(_folder, "parts-*").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        Assert.Equal(2, parts.Length);
        Assert.Equal(image, parts.SelectMany(part => part));
    }

    [Fact]
    public async Task Reader_written_from_the_document_takes_a_passphrase()
    {
        using var secrets = new ArchiveSecrets();
        secrets.AddPassphrase(Passphrase);
        string file = await WriteFileAsync(await WriteAsync(Options(secrets)));
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["SAFEDB_TEST_PASSPHRASE"] = Passphrase };
        Assert.Contains("public.orders", await ReadWithPythonAsync(file, environment, "--passphrase-env", "SAFEDB_TEST_PASSPHRASE"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Openssl_unwraps_the_key_of_a_certificate_and_that_key_opens_the_archive()
    {
        using RSA rsa = RSA.Create(3072);
        using X509Certificate2 certificate = ArchiveKeysTests.Certificate(rsa);
        using var secrets = new ArchiveSecrets();
        secrets.AddCertificate(certificate);
        byte[] archive = await WriteAsync(Options(secrets));
        string file = await WriteFileAsync(archive);
        using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(archive), null, Token);
        ArchiveRecipient recipient = Assert.Single(reader.Header.Recipients);
        Assert.Equal(certificate.Thumbprint, recipient.Thumbprint);
        string cms = Path.Combine(_folder, "key.cms");
        string key = Path.Combine(_folder, "private.pem");
        string data = Path.Combine(_folder, "data.key");
        await File.WriteAllBytesAsync(cms, recipient.Cms!, Token);
        await File.WriteAllTextAsync(key, rsa.ExportPkcs8PrivateKeyPem(), Token);
        await RunAsync("openssl", null, "cms", "-decrypt", "-binary", "-inform", "DER", "-in", cms, "-inkey", key, "-out", data);
        string structure = await RunAsync("openssl", null, "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", cms);
        Assert.Contains("rsaesOaep", structure, StringComparison.Ordinal);
        Assert.Contains("subjectKeyIdentifier", structure, StringComparison.Ordinal);
        Assert.Contains("sha256", structure, StringComparison.Ordinal);
        Assert.Contains("public.orders", await ReadWithPythonAsync(file, null, "--data-key", Convert.ToHexString(await File.ReadAllBytesAsync(data, Token))), StringComparison.Ordinal);
    }

    private async Task<string> WriteFileAsync(byte[] archive)
    {
        string file = Path.Combine(_folder, "shop.safedb");
        await File.WriteAllBytesAsync(file, archive, Token);
        return file;
    }

    private async Task<string> ReadWithPythonAsync(string file, Dictionary<string, string>? environment, params string[] arguments)
    {
        await RunAsync("python3", null, "-c", "import cryptography", skip: true);
        return await RunAsync("python3", environment, [ReaderPath(), file, .. arguments]);
    }

    private static string ReaderPath([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "interop", "archive-reader", "read_archive.py"));

    private Task<string> RunAsync(string tool, Dictionary<string, string>? environment, string first, string second, bool skip) => StartAsync(tool, environment, [first, second], skip);

    private Task<string> RunAsync(string tool, Dictionary<string, string>? environment, params string[] arguments) => StartAsync(tool, environment, arguments, skipOnFailure: false);

    private async Task<string> StartAsync(string tool, Dictionary<string, string>? environment, string[] arguments, bool skipOnFailure)
    {
        var start = new ProcessStartInfo(tool, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        foreach ((string name, string value) in environment ?? []) start.Environment[name] = value;
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{tool} is not installed.");
        }

        using (process)
        {
            Task<string> error = process.StandardError.ReadToEndAsync(Token);
            string output = await process.StandardOutput.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            if (process.ExitCode != 0 && skipOnFailure) Assert.Skip($"{tool} {string.Join(' ', arguments)}: {await error}");
            Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: {await error}{output}");
            return output;
        }
    }
}

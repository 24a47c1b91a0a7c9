using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using SafeDb.Archive;
using SafeDb.Archive.Sealing;
using SafeDb.Errors;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

public sealed class ArchiveKeysTests
{
    private const string Passphrase = "correct horse Åäö 馬";

    [Fact]
    public async Task Each_of_several_recipients_opens_the_archive_alone()
    {
        using RSA rsa = RSA.Create(2048);
        using X509Certificate2 certificate = Certificate(rsa);
        using var secrets = new ArchiveSecrets();
        secrets.AddKey(RawKey);
        secrets.AddPassphrase(Passphrase);
        secrets.AddCertificate(certificate);
        byte[] archive = await WriteAsync(Options(secrets));
        using ArchiveKeys key = Keys();
        using var passphrase = new ArchiveKeys();
        passphrase.AddPassphrase(Passphrase);
        using var privateKey = new ArchiveKeys();
        privateKey.AddCertificate(certificate);
        foreach (ArchiveKeys keys in new[] { key, passphrase, privateKey }) await ReadAllAsync(archive, keys);
    }

    [Fact]
    public async Task Wrong_or_missing_keys_have_ids_of_their_own()
    {
        byte[] archive = await ShopAsync();
        Assert.Equal("Archive.KeyRequired", await ReadingFailsAsync(archive, null, "no key"));
        using var empty = new ArchiveKeys();
        Assert.Equal("Archive.KeyRequired", await ReadingFailsAsync(archive, empty, "empty keys"));
        using var wrong = new ArchiveKeys();
        wrong.AddKey(new byte[32]);
        wrong.AddPassphrase(Passphrase);
        Assert.Equal("Archive.WrongKey", await ReadingFailsAsync(archive, wrong, "wrong key"));
        using ArchiveKeys keys = Keys();
        Assert.Equal("Archive.NotEncrypted", await ReadingFailsAsync(await ShopAsync(encrypted: false), keys, "key for an unencrypted archive"));
    }

    [Theory]
    [InlineData("-----PEM")]
    [InlineData("encrypted PEM")]
    [InlineData("PFX")]
    public async Task Private_keys_are_read_from_files(string form)
    {
        using RSA rsa = RSA.Create(2048);
        using X509Certificate2 certificate = Certificate(rsa);
        string folder = Directory.CreateTempSubdirectory("safedb-keys").FullName;
        try
        {
            string publicFile = Path.Combine(folder, "public.pem");
            string privateFile = Path.Combine(folder, "private");
            await File.WriteAllTextAsync(publicFile, certificate.ExportCertificatePem(), Token);
            var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
            byte[] content = form switch
            {
                "PFX" => certificate.Export(X509ContentType.Pfx, "secret"),
                "encrypted PEM" => Encoding.ASCII.GetBytes(rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters)),
                _ => Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n" + rsa.ExportPkcs8PrivateKeyPem()),
            };
            await File.WriteAllBytesAsync(privateFile, content, Token);
            using var secrets = new ArchiveSecrets();
            secrets.AddCertificateFile(publicFile);
            byte[] archive = await WriteAsync(Options(secrets));
            using var keys = new ArchiveKeys();
            keys.AddCertificateFile(privateFile, form.StartsWith('-') ? default : "secret");
            await ReadAllAsync(archive, keys);
            SafeDbException failure = Assert.Throws<SafeDbException>(() => keys.AddCertificateFile(publicFile));
            Assert.Equal("Archive.CertificateInvalid", failure.Id);
            if (!form.StartsWith('-')) Assert.Equal("Archive.CertificateInvalid", Assert.Throws<SafeDbException>(() => keys.AddCertificateFile(privateFile, "wrong")).Id);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Unusable_recipients_are_refused()
    {
        using RSA weak = RSA.Create(1024);
        using X509Certificate2 weakCertificate = Certificate(weak);
        using ECDsa curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 curveCertificate = new CertificateRequest("CN=ec", curve, HashAlgorithmName.SHA256).CreateSelfSigned(Created, Created.AddYears(10));
        using var secrets = new ArchiveSecrets();
        Assert.Equal("Archive.CertificateInvalid", Assert.Throws<SafeDbException>(() => secrets.AddCertificate(weakCertificate)).Id);
        Assert.Equal("Archive.CertificateInvalid", Assert.Throws<SafeDbException>(() => secrets.AddCertificate(curveCertificate)).Id);
        Assert.Equal("Archive.CertificateInvalid", Assert.Throws<SafeDbException>(() => secrets.AddCertificateFile("/nonexistent/file.pem")).Id);
        Assert.Equal("Archive.KeyInvalid", Assert.Throws<SafeDbException>(() => secrets.AddKey(new byte[31])).Id);
        Assert.Equal("Archive.KeyInvalid", Assert.Throws<SafeDbException>(() => secrets.AddPassphrase(string.Empty)).Id);
        SafeDbException broken = Assert.Throws<SafeDbException>(() => secrets.AddPassphrase("geheim\ud800"));
        Assert.Equal("Archive.KeyInvalid", broken.Id);
        Assert.DoesNotContain("geheim", broken.ToString(), StringComparison.Ordinal);
        SafeDbException text = Assert.Throws<SafeDbException>(() => secrets.AddKeyText("c2VjcmV0"));
        Assert.DoesNotContain("c2Vj", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_may_be_written_as_text()
    {
        using var secrets = new ArchiveSecrets();
        secrets.AddKeyText(Convert.ToHexString(RawKey));
        byte[] archive = await WriteAsync(Options(secrets));
        using var keys = new ArchiveKeys();
        keys.AddKeyText(Convert.ToBase64String(RawKey) + "\n");
        await ReadAllAsync(archive, keys);
    }

    [Fact]
    public async Task No_recipient_at_all_is_refused_before_anything_is_written()
    {
        using var secrets = new ArchiveSecrets();
        using var output = new MemoryStream();
        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(() => ArchiveWriter.CreateAsync(output, Options(secrets), Token));
        Assert.Equal("Archive.RecipientMissing", failure.Id);
        Assert.Equal(0, output.Length);
    }

    [Theory]
    [InlineData(599_999)]
    [InlineData(10_000_001)]
    [InlineData(int.MaxValue)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Rounds_out_of_range_are_refused_without_computing_them(int iterations)
    {
        using DataKey key = DataKey.New(ArchiveWriter.NewId());
        ArchiveRecipient recipient = KeyWrapping.ForKey(key, RawKey) with { Kind = RecipientKind.Passphrase, Iterations = iterations };
        Assert.False(KeyWrapping.IsWellFormed(recipient));
    }

    /// <summary>Headers as an adversary may write them: every one ends in an error with an id.</summary>
    [Theory]
    [InlineData("formatVersion", "2", "Archive.UnsupportedVersion")]
    [InlineData("formatVersion", "\"1\"", "Archive.Damaged")]
    [InlineData("formatVersion", "1e99", "Archive.Damaged")]
    [InlineData("archiveId", "null", "Archive.Damaged")]
    [InlineData("archiveId", "\"../../etc/passwd\"", "Archive.Damaged")]
    [InlineData("engine", "\"oracle\"", "Archive.Damaged")]
    [InlineData("created", "\"yesterday\"", "Archive.Damaged")]
    [InlineData("compression", "\"zstd\"", "Archive.UnsupportedFeature")]
    [InlineData("compression", "null", "Archive.UnsupportedFeature")]
    [InlineData("encryption", "\"rot13\"", "Archive.UnsupportedFeature")]
    [InlineData("encryption", "\"none\"", "Archive.Damaged")]
    [InlineData("keyCommitment", "\"00\"", "Archive.Damaged")]
    [InlineData("recipients", "null", "Archive.Damaged")]
    [InlineData("recipients", "[null]", "Archive.Damaged")]
    [InlineData("recipients", "[]", "Archive.Damaged")]
    [InlineData("recipients", "[{\"kind\":\"key\"}]", "Archive.Damaged")]
    [InlineData("recipients", "[{\"kind\":\"certificate\",\"thumbprint\":\"AA\",\"cms\":\"\"}]", "Archive.Damaged")]
    [InlineData("recipients", "[{\"kind\":\"retina\"}]", "Archive.Damaged")]
    public void Foreign_headers_are_refused(string member, string value, string id)
    {
        JsonObject header = JsonNode.Parse(Valid())!.AsObject();
        header[member] = JsonNode.Parse(value);
        Assert.Equal(id, Assert.Throws<SafeDbException>(() => SafeDb.Archive.Reading.HeaderReader.Parse(Encoding.UTF8.GetBytes(header.ToJsonString()))).Id);
    }

    [Fact]
    public void Too_many_passphrases_are_refused_before_the_first_is_tried()
    {
        JsonObject header = JsonNode.Parse(Valid())!.AsObject();
        string one = """{"kind":"passphrase","iterations":10000000,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","nonce":"AAAAAAAAAAAAAAAA","wrapped":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""";
        header["recipients"] = JsonNode.Parse("[" + string.Join(',', Enumerable.Repeat(one, 4)) + "]");
        Assert.Equal(4, SafeDb.Archive.Reading.HeaderReader.Parse(Encoding.UTF8.GetBytes(header.ToJsonString())).Recipients.Count);
        header["recipients"] = JsonNode.Parse("[" + string.Join(',', Enumerable.Repeat(one, 5)) + "]");
        Assert.Throws<SafeDbException>(() => SafeDb.Archive.Reading.HeaderReader.Parse(Encoding.UTF8.GetBytes(header.ToJsonString())));
    }

    [Fact]
    public void Key_that_unwraps_but_is_not_committed_to_is_refused()
    {
        string id = ArchiveWriter.NewId();
        using DataKey real = DataKey.New(id);
        using DataKey other = DataKey.New(id);
        ArchiveHeader header = Header(id, real) with { Recipients = [KeyWrapping.ForKey(other, RawKey)] };
        using ArchiveKeys keys = Keys();
        Assert.Equal("Archive.WrongKey", Assert.Throws<SafeDbException>(() => keys.Open(header)).Id);
        using DataKey opened = keys.Open(header with { Recipients = [KeyWrapping.ForKey(other, RawKey), KeyWrapping.ForKey(real, RawKey)] });
        Assert.True(opened.Bytes.SequenceEqual(real.Bytes));
    }

    internal static X509Certificate2 Certificate(RSA rsa)
    {
        var request = new CertificateRequest("CN=SafeDb test", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(Created, Created.AddYears(10));
    }

    private static ArchiveHeader Header(string id, DataKey key) => new()
    {
        FormatVersion = 1, ArchiveId = id, Engine = SafeDb.Addresses.DatabaseEngine.Sqlite, Created = Created, Compression = "br", Encryption = "AES256_GCM_HKDF_1MB",
        KeyCommitment = Convert.ToHexString(key.Commitment()).ToLowerInvariant(), Recipients = [KeyWrapping.ForKey(key, RawKey)],
    };

    private static byte[] Valid()
    {
        string id = ArchiveWriter.NewId();
        using DataKey key = DataKey.New(id);
        return ArchiveJson.Indented(Header(id, key), ArchiveJson.Default.ArchiveHeader);
    }
}

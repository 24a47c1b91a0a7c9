using System.Globalization;
using System.Text;

namespace SafeDb.AzureStorage;

/// <summary>Names of the blocks of one upload. The service wants them in Base64 and of one length; the upload's own part tells its blocks from those of another upload under the same name.</summary>
internal sealed class BlockIds
{
    private readonly string _upload = Guid.NewGuid().ToString("N");

    public string For(int index) => Convert.ToBase64String(Encoding.ASCII.GetBytes(_upload + index.ToString("d8", CultureInfo.InvariantCulture)));
}

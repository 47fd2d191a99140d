using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace BlazorPluginAdmin.WorkerStock.FileScrub;

/// <summary>What is remembered of a file.</summary>
/// <param name="Path">Below the root, with slashes.</param>
/// <param name="Sha256">Lower case hex; empty while it could not be read yet.</param>
/// <param name="VerifiedAt">When it was last looked at, with whatever outcome.</param>
/// <param name="Finding">The outcome when it was a bad one, else empty.</param>
/// <param name="Mac">Over all of it and the root; empty without a key.</param>
public sealed record ManifestRow(
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("mtime_ns")] long MtimeNs,
    [property: JsonPropertyName("sha256")] string Sha256,
    [property: JsonPropertyName("first_seen")] DateTimeOffset FirstSeen,
    [property: JsonPropertyName("verified_at")] DateTimeOffset VerifiedAt,
    [property: JsonPropertyName("finding")] string Finding,
    [property: JsonPropertyName("mac")] string Mac = "")
{
    public ManifestRow Signed(string root, byte[] key) => this with { Mac = key.Length == 0 ? "" : Of(root, key) };

    /// <summary>Nobody without the key wrote it. A row without a signature is not, once there is a key: else taking it away would do.</summary>
    public bool IsIntact(string root, byte[] key) =>
        key.Length == 0 || CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(root, key)), Encoding.UTF8.GetBytes(Mac));

    // No path holds the separator.
    private string Of(string root, byte[] key) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Join(
        '\0',
        root,
        Path,
        Size.ToString(CultureInfo.InvariantCulture),
        MtimeNs.ToString(CultureInfo.InvariantCulture),
        Sha256,
        FirstSeen.UtcTicks.ToString(CultureInfo.InvariantCulture),
        VerifiedAt.UtcTicks.ToString(CultureInfo.InvariantCulture),
        Finding))));
}

using System.Collections;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>
/// Headers or trailers of a call: lower-case keys, any number of entries per key, in order. Keys ending in <c>-bin</c>
/// carry bytes (base64 on the wire, unpadded when sent, both forms accepted); keys beginning with <c>grpc-</c> are the
/// protocol's own.
/// </summary>
public sealed class Metadata : IEnumerable<Metadata.Entry>
{
    private readonly List<Entry> _entries = [];

    /// <summary>One key with its text, or its bytes for a <c>-bin</c> key.</summary>
    /// <param name="Key">Lower-case key.</param>
    /// <param name="Value">Text; base64 of the bytes for a <c>-bin</c> key.</param>
    public readonly record struct Entry(string Key, string Value)
    {
        /// <summary>True for keys that carry bytes.</summary>
        public bool IsBinary => Key.EndsWith("-bin", StringComparison.Ordinal);

        /// <summary>The bytes of a <c>-bin</c> entry.</summary>
        /// <exception cref="FormatException">The value is not base64.</exception>
        public byte[] ValueBytes => Convert.FromBase64String(Value.PadRight((Value.Length + 3) / 4 * 4, '='));
    }

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds a text entry.</summary>
    /// <exception cref="ArgumentException">The key is empty, reserved, or has characters a header name cannot have; or the value has non-ASCII or control characters.</exception>
    public void Add(string key, string value)
    {
        var name = Checked(key);
        if (name.EndsWith("-bin", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{key}' carries bytes, not text", nameof(key));
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"the value of '{key}' has characters outside printable ASCII; use a '-bin' key", nameof(value));
        }

        _entries.Add(new Entry(name, value));
    }

    /// <summary>Adds bytes under a key that ends in <c>-bin</c>.</summary>
    /// <exception cref="ArgumentException">The key does not end in <c>-bin</c>, or is not a key.</exception>
    public void Add(string key, byte[] value)
    {
        var name = Checked(key);
        if (!name.EndsWith("-bin", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{key}' must end in '-bin' to carry bytes", nameof(key));
        }

        _entries.Add(new Entry(name, Convert.ToBase64String(value).TrimEnd('=')));
    }

    /// <summary>The last text under a key, or null.</summary>
    public string? Get(string key) => _entries.FindLast(entry => entry.Key == key) is { Key: not null } found ? found.Value : null;

    /// <summary>The bytes of the last entry under a <c>-bin</c> key, or null.</summary>
    public byte[]? GetBytes(string key) => _entries.FindLast(entry => entry.Key == key) is { Key: not null } found ? found.ValueBytes : null;

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>True for headers that belong to HTTP or gRPC itself and never are metadata.</summary>
    internal static bool IsProtocolHeader(string lowerKey) =>
        lowerKey.StartsWith(':') || lowerKey.StartsWith("grpc-", StringComparison.Ordinal)
        || lowerKey is "content-type" or "te" or "content-length" or "transfer-encoding" or "date" or "server" or "host" or "connection";

    /// <summary>Takes what a peer sent, as it is; one header line may join several binary values with commas. Headers of HTTP and gRPC itself are left out.</summary>
    public void AddReceived(string key, string value)
    {
        var name = key.ToLowerInvariant();
        if (IsProtocolHeader(name))
        {
            return;
        }

        if (!name.EndsWith("-bin", StringComparison.Ordinal))
        {
            _entries.Add(new Entry(name, value));
            return;
        }

        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            _entries.Add(new Entry(name, part));
        }
    }

    private static string Checked(string key)
    {
        var name = key.ToLowerInvariant();
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(KeyCharacters))
        {
            throw new ArgumentException($"'{key}' is not a metadata key: use letters, digits, '-', '_' and '.'", nameof(key));
        }

        return IsProtocolHeader(name)
            ? throw new ArgumentException($"'{key}' is reserved: it belongs to HTTP or gRPC itself", nameof(key))
            : name;
    }

    private static readonly System.Buffers.SearchValues<char> KeyCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");
}

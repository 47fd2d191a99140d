using System.Text;

namespace BlazorPluginAdmin.WorkerStock.Http;

/// <summary>Takes secrets out of what an answer says, however it is cut: servers like to echo what they were sent.</summary>
internal sealed class SecretMask
{
    // One character hides nothing, as the "x" of servers that look at the user alone; every word has it.
    private const int Shortest = 2;

    private static readonly byte[] Mask = "***"u8.ToArray();

    private readonly List<string> _texts;
    private readonly List<byte[]> _secrets;
    private readonly int _longest;
    private byte[] _held = [];

    public SecretMask(IEnumerable<string> secrets)
    {
        _texts = [.. secrets.Where(secret => secret.Length >= Shortest).Distinct().OrderByDescending(secret => secret.Length)];
        _secrets = [.. _texts.Select(Encoding.UTF8.GetBytes)];
        _longest = _secrets.Select(secret => secret.Length).DefaultIfEmpty(1).Max();
    }

    public string Text(string text) => _texts.Aggregate(text, (masked, secret) => masked.Replace(secret, "***", StringComparison.Ordinal));

    /// <summary>What may pass; the last bytes wait until it is known that no secret begins there.</summary>
    /// <param name="last">Nothing follows.</param>
    public byte[] Take(ReadOnlySpan<byte> bytes, bool last)
    {
        byte[] all = [.. _held, .. bytes];
        var output = new List<byte>(all.Length);
        var at = 0;

        // One that may yet become a longer one waits.
        while (Next(all, at) is var (start, length) && length > 0 && (last || start + _longest <= all.Length))
        {
            output.AddRange(all.AsSpan(at, start - at));
            output.AddRange(Mask);
            at = start + length;
        }

        var pass = last ? all.Length : Math.Max(at, all.Length - _longest + 1);
        output.AddRange(all.AsSpan(at, pass - at));
        _held = all[pass..];
        return [.. output];
    }

    private (int Start, int Length) Next(byte[] all, int from)
    {
        var found = (Start: int.MaxValue, Length: 0);
        foreach (var secret in _secrets)
        {
            var at = all.AsSpan(from).IndexOf(secret);
            if (at >= 0 && from + at < found.Start)
            {
                found = (from + at, secret.Length);
            }
        }

        return found;
    }
}

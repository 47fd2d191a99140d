using System.Globalization;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileScrub;

/// <summary>Counts and findings of one attempt.</summary>
internal sealed class ScrubTally
{
    private const int MostListed = 1000;

    private readonly Dictionary<string, long> _counts = Finding.All.ToDictionary(finding => finding, _ => 0L, StringComparer.Ordinal);
    private readonly Dictionary<string, long> _byReason = new(StringComparer.Ordinal);
    private readonly List<Value> _listed = [];
    private readonly List<string> _failures = [];
    private long _skipped;

    public long Bytes { get; set; }

    public void Skip(string reason)
    {
        _skipped++;
        _byReason[reason] = _byReason.GetValueOrDefault(reason) + 1;
    }

    public void Found(string path, string finding, string detail, ScrubSettings settings)
    {
        _counts[finding]++;
        if (finding is Finding.Ok or Finding.New)
        {
            return;
        }

        if (_listed.Count < MostListed)
        {
            _listed.Add(Value.Map([new("path", path), new("finding", finding), new("detail", detail)]));
        }

        if (finding == Finding.Tampered || settings.FailOn.Contains(finding))
        {
            _failures.Add($"{path}: {finding}");
        }
    }

    /// <summary>A failure is final: reading again at once tells nothing new, that was done already.</summary>
    public JobOutcome Outcome(bool canceled)
    {
        var outputs = new ValueSet
        {
            ["bytes"] = Bytes,
            ["skipped"] = _skipped,
            ["by_reason"] = Value.Map(_byReason.Select(pair => KeyValuePair.Create(pair.Key, (Value)pair.Value))),
            ["findings"] = Value.List(_listed),
        };
        foreach (var (finding, count) in _counts)
        {
            outputs[finding] = count;
        }

        var counted = string.Join(", ", _counts.Where(pair => pair.Value > 0).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} {pair.Key}")));
        var summary = $"{(counted.Length == 0 ? "nothing to compare" : counted)}; {Amount.OfBytes(Bytes)} read";
        return canceled ? JobOutcome.Failed($"context canceled after {summary}", outputs: outputs)
            : _failures.Count > 0 ? JobOutcome.Failed($"{Amount.Of(_failures.Count, "finding")}, first: {_failures[0]}", permanent: true, outputs)
            : JobOutcome.Succeeded(summary, outputs);
    }
}

using System.Globalization;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.FileRetention;

/// <summary>Counts of one attempt.</summary>
internal sealed class RetentionTally
{
    private const int FailuresListed = 100;

    private readonly Dictionary<string, long> _byReason = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];
    private long _processed;
    private long _skipped;
    private long _failed;
    private long _reclaimed;

    public string Done(string path, string what, long reclaimed)
    {
        _processed++;
        _reclaimed += reclaimed;
        return OneLine.Of($"{what}: {path}");
    }

    public string Skip(string path, string reason)
    {
        _skipped++;
        _byReason[reason] = _byReason.GetValueOrDefault(reason) + 1;
        return OneLine.Of($"skipped ({reason}): {path}");
    }

    public string Fail(string path, string why)
    {
        _failed++;
        if (_failures.Count < FailuresListed)
        {
            _failures.Add($"{path}: {why}");
        }

        return OneLine.Of($"failed: {path}: {why}");
    }

    public JobOutcome Outcome(RetentionSettings settings, bool canceled)
    {
        var outputs = new ValueSet
        {
            ["processed"] = _processed,
            ["skipped"] = _skipped,
            ["failed"] = _failed,
            ["reclaimed_bytes"] = _reclaimed,
            ["by_reason"] = Value.Map(_byReason.Select(pair => KeyValuePair.Create(pair.Key, (Value)pair.Value))),
            ["failures"] = _failures.ToArray(),
            ["dry_run"] = settings.DryRun,
            ["action"] = settings.Action,
        };
        var summary = string.Create(CultureInfo.InvariantCulture, $"{(settings.DryRun ? "dry run: " : "")}{_processed} processed, {_skipped} skipped, {_failed} failed, {Amount.OfBytes(_reclaimed)} reclaimed");
        return canceled ? JobOutcome.Failed($"context canceled after {summary}", outputs: outputs) : _failed == 0 ? JobOutcome.Succeeded(summary, outputs) : JobOutcome.Failed($"{Amount.Of(_failed, "file")} failed, first: {_failures[0]}", outputs: outputs);
    }
}

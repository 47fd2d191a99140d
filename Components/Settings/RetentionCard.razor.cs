using System.Globalization;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Settings;

/// <summary>How long and how many. Numbers a person typed are never overwritten by what others save.</summary>
public sealed partial class RetentionCard : LiveComponent
{
    private static readonly (string Id, string Label, string Unit)[] Kept =
    [
        ("jobs", "Ended jobs", "days"), ("runs", "At least", "successes and errors of each type"), ("activities", "Activities", "the newest, of all"),
        ("detections", "Detections", "the newest of each type"), ("configs", "Config versions", "the newest of each type"),
    ];

    private readonly Dictionary<string, string> _text = new(StringComparer.Ordinal);
    private RetentionLimits? _shown;
    private long? _jobs;
    private bool _dirty;
    private string _refusal = "";

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    private RetentionLimits Limits => Model.Retention.Limits;

    protected override object? Slice => (Model.Retention, Model.At.ToUnixTimeSeconds() / 60);

    protected override async Task OnInitializedAsync()
    {
        Load(Limits);
        _jobs = (await Admin.History.CountJobsAsync(new JobFilter(), Gone)).Where(state => state.Key is JobState.Succeeded or JobState.Failed or JobState.Canceled).Sum(state => state.Value);
    }

    protected override Task OnModelAsync()
    {
        if (!_dirty && _shown != Limits)
        {
            Load(Limits);
        }

        return Task.CompletedTask;
    }

    private void Load(RetentionLimits limits)
    {
        _shown = limits;
        foreach (var field in Kept)
        {
            _text[field.Id] = TextOf(limits, field.Id);
        }

        (_dirty, _refusal) = (false, "");
    }

    /// <summary>"Ended jobs 30 → 7 days".</summary>
    private static string Difference(RetentionLimits before, RetentionLimits now) => string.Join("; ", Kept
        .Select(field => (field.Label, field.Unit, Before: TextOf(before, field.Id), Now: TextOf(now, field.Id)))
        .Where(field => field.Before != field.Now)
        .Select(field => $"{field.Label} {field.Before} → {field.Now} {field.Unit}"));

    private static string TextOf(RetentionLimits limits, string id) => id switch
    {
        "jobs" => limits.Jobs.TotalDays.ToString("0.##", CultureInfo.InvariantCulture),
        "runs" => limits.RunsKept.ToString(CultureInfo.InvariantCulture),
        "activities" => limits.Activities.ToString(CultureInfo.InvariantCulture),
        "detections" => limits.DetectionsPerJobType.ToString(CultureInfo.InvariantCulture),
        _ => limits.ConfigVersions.ToString(CultureInfo.InvariantCulture),
    };

    private void Edit(string id, string text)
    {
        _text[id] = text;
        _dirty = true;
    }

    private async Task SaveAsync()
    {
        int Number(string id) => int.TryParse(_text[id], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        if (!double.TryParse(_text["jobs"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days) || days > 3650)
        {
            _refusal = "Not saved: ended jobs are kept for a number of days, at most 3650.";
            return;
        }

        await SendAsync(new RetentionLimits(TimeSpan.FromDays(days), Number("activities"), Number("detections"), Number("configs"), Number("runs")));
    }

    private async Task SendAsync(RetentionLimits? limits)
    {
        var (admin, before) = (Admin, Model.Retention.IsChanged ? Limits : null);
        var reply = await admin.SendAsync(new SaveRetention(Actor.LocalUi, limits), Gone);
        if (reply.Refusal is { } refusal)
        {
            _refusal = $"Not saved: {refusal.Text}.";
            return;
        }

        Load(reply.Value!);
        Toasts.Say("What is kept has changed; what is too much goes bit by bit.", async () => (await admin.SendAsync(new SaveRetention(Actor.LocalUi, before), CancellationToken.None)).Refusal);
    }
}

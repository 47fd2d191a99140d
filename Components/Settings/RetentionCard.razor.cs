using System.Globalization;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Settings;

/// <summary>How long and how many. Numbers a person typed are never overwritten by what others save.</summary>
public sealed partial class RetentionCard : LiveComponent
{
    private const int MostDays = 3650;

    private static readonly (string Id, string Label, string Unit)[] Kept =
    [
        ("jobs", "Ended jobs", "days, or such as 12h"), ("runs", "At least", "successes and errors of each type"), ("activities", "Activities", "the newest, of all"),
        ("detections", "Detections", "the newest of each type"), ("configs", "Config versions", "the newest of each type"),
    ];

    private readonly BoxEdit _edit = new();
    private DraftKeeper<Dictionary<string, BoxText>>? _draft;

    /// <summary>What the edit stands on; ahead of <see cref="_told"/>, the newest of the model, for the moment after a save.</summary>
    private RetentionLimits _shown = default!;
    private RetentionLimits? _told;
    private long? _jobs;
    private bool _busy;
    private string _refusal = "";

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    private RetentionLimits Limits => Model.Retention.Limits;

    protected override object? Slice => (Model.Retention, Model.At.ToUnixTimeSeconds() / 60);

    protected override async Task OnInitializedAsync()
    {
        Show();
        _jobs = (await Admin.History.CountJobsAsync(new JobFilter(), Gone)).Where(state => state.Key is JobState.Succeeded or JobState.Failed or JobState.Canceled).Sum(state => state.Value);
    }

    protected override Task OnModelAsync()
    {
        Show();
        return Task.CompletedTask;
    }

    private static string LabelOf(string box) => Array.Find(Kept, field => field.Id == box).Label;

    private void Show()
    {
        if (_told != Limits)
        {
            _shown = _told = Limits;
            _edit.Show(Kept.ToDictionary(field => field.Id, field => TextOf(Limits, field.Id)));
        }
    }

    private void Edited()
    {
        _refusal = "";
        _draft?.Note();
    }

    private void Discard()
    {
        _edit.Discard();
        Edited();
    }

    /// <summary>"Ended jobs 30 → 7 days".</summary>
    private static string Difference(RetentionLimits before, RetentionLimits now) => string.Join("; ", Kept
        .Select(field => (field.Id, field.Label, field.Unit, Before: TextOf(before, field.Id), Now: TextOf(now, field.Id)))
        .Where(field => field.Before != field.Now)
        .Select(field => $"{field.Label} {field.Before} → {field.Now}{(field.Id != "jobs" ? $" {field.Unit}" : IsDays(now.Jobs) ? " days" : "")}"));

    private static bool IsDays(TimeSpan span) => span.Ticks % TimeSpan.TicksPerDay == 0;

    /// <summary>Exact, so that nothing changes by being read back: whole days as a number, other spans with their units.</summary>
    private static string TextOf(RetentionLimits limits, string id) => id switch
    {
        "jobs" => IsDays(limits.Jobs) ? limits.Jobs.Days.ToString(CultureInfo.InvariantCulture) : DurationText.Format(ConfigValue.Duration.From(limits.Jobs)),
        "runs" => limits.RunsKept.ToString(CultureInfo.InvariantCulture),
        "activities" => limits.Activities.ToString(CultureInfo.InvariantCulture),
        "detections" => limits.DetectionsPerJobType.ToString(CultureInfo.InvariantCulture),
        _ => limits.ConfigVersions.ToString(CultureInfo.InvariantCulture),
    };

    private async Task SaveAsync()
    {
        if (_busy)
        {
            return;
        }

        if (_edit.Conflicts.Count > 0)
        {
            _refusal = BoxConflict.ChooseFirst;
            return;
        }

        int Number(string id) => int.TryParse(_edit[id].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        if (Span(_edit["jobs"].Trim()) is not { } jobs)
        {
            _refusal = "Not saved: ended jobs are kept for a number of days, at most 3650, or a time such as 12h.";
            return;
        }

        _busy = true;
        await SendAsync(new RetentionLimits(jobs, Number("activities"), Number("detections"), Number("configs"), Number("runs")));
        _busy = false;
    }

    /// <summary>A number alone is days. Null: neither that nor a duration.</summary>
    private static TimeSpan? Span(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days) ? days <= MostDays ? TimeSpan.FromDays(days) : null
        : DurationText.TryParse(text, out var span) && span.Seconds is >= 0 and <= MostDays * 86_400L ? TimeSpan.FromSeconds(span.Seconds) + TimeSpan.FromTicks(span.Nanos / TimeSpan.NanosecondsPerTick)
        : null;

    private async Task SendAsync(RetentionLimits? limits)
    {
        var (admin, before) = (Admin, Model.Retention.IsChanged ? _shown : null);
        var reply = await admin.SendAsync(new SaveRetention(Who.Actor, limits, _shown), Gone);
        if (reply.Refusal is { } refusal)
        {
            _refusal = $"Not saved: {refusal.Text}.";
            return;
        }

        var saved = _shown = reply.Value!;
        _edit.Discard();
        _edit.Show(Kept.ToDictionary(field => field.Id, field => TextOf(saved, field.Id)));
        Edited();
        Toasts.Say("What is kept has changed; what is too much goes bit by bit.", async () => (await admin.SendAsync(new SaveRetention(Who.Actor, before, saved), CancellationToken.None)).Refusal);
    }
}

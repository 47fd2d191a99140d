using System.Globalization;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>How the jobs of a type are queued and given out.</summary>
public sealed partial class DispatchForm : LiveComponent
{
    private static readonly (DispatchStrategy Value, string Text)[] Strategies =
    [
        (DispatchStrategy.LeastLoaded, "Least loaded"), (DispatchStrategy.RoundRobin, "One after the other"), (DispatchStrategy.WeightedRoundRobin, "By weight and free slots"),
        (DispatchStrategy.LeastConnections, "Fewest attempts"), (DispatchStrategy.Random, "Any"),
    ];

    private static readonly (string Box, string Label)[] Boxes =
    [
        ("strategy", "Worker"), ("detector_scope", "Detectors"), ("default_priority", "Default priority"), ("ageing_per_minute", "Ageing"), ("queue_limit", "Queue limit"),
        ("queue_ttl", "Time in the queue"), ("submit_rate", "Submissions a second"), ("submit_burst", "Submissions at once"), ("require_labels", "Labels a worker needs"),
    ];

    private static readonly string[] Numbers = ["default_priority", "ageing_per_minute", "queue_limit", "submit_rate", "submit_burst"];

    private readonly BoxEdit _edit = new();
    private DraftKeeper<Dictionary<string, BoxText>>? _draft;
    private string _reply = "";
    private bool _refused;

    /// <summary>What the edit stands on, and the version of the config it came from.</summary>
    private DispatchSettings _shown = DispatchSettings.Default;
    private long _version;

    [Parameter, EditorRequired] public string JobType { get; set; } = "";

    protected override void OnParametersSet() => Show();

    protected override Task OnModelAsync()
    {
        Show();
        return Task.CompletedTask;
    }

    private ConfigDocument? Saved => Model.JobType(JobType)?.Config;

    private static string LabelOf(string box) => Array.Find(Boxes, known => known.Box == box).Label;

    /// <summary>Behind what was saved here a moment ago the model says nothing new.</summary>
    private void Show()
    {
        if (Model.JobType(JobType)?.Dispatch is not { } now || (Saved?.Version ?? 0) < _version)
        {
            return;
        }

        (_shown, _version) = (now, Saved?.Version ?? 0);
        _edit.Show(new Dictionary<string, string>
        {
            ["strategy"] = now.Strategy.ToString(),
            ["detector_scope"] = now.DetectorScope.ToString(),
            ["default_priority"] = Text(now.DefaultPriority),
            ["ageing_per_minute"] = Text(now.AgeingPerMinute),
            ["queue_limit"] = Text(now.QueueLimit),
            ["queue_ttl"] = now.QueueTtl is { } ttl ? DurationText.Format(ConfigValue.Duration.From(ttl)) : "",
            ["submit_rate"] = Text(now.SubmitRate),
            ["submit_burst"] = Text(now.SubmitBurst),
            ["require_labels"] = string.Join('\n', now.RequireLabels.Select(label => $"{label.Key}={label.Value}")),
        });
    }

    /// <summary>Such a setting is changed with the values of the form above, and only there.</summary>
    private bool InForm(string setting) => SourceOf(setting) == DispatchSource.Form;

    private string Help(string setting, string text) => SourceOf(setting) switch
    {
        DispatchSource.Form => $"{text}. Set above, among the admin settings",
        DispatchSource.Saved => $"{text}. Saved here",
        _ => text,
    };

    private DispatchSource SourceOf(string setting) => Model.JobType(JobType) is { } type ? DispatchFields.SourceOf(setting, type.Descriptor, type.Config) : DispatchSource.Default;

    private void Edited()
    {
        _reply = "";
        _draft?.Note();
    }

    private void Discard()
    {
        _edit.Discard();
        Edited();
    }

    private async Task SaveAsync()
    {
        if (Read(out var problem) is not { } settings)
        {
            (_reply, _refused) = (problem, true);
            return;
        }

        if (_edit.Conflicts.Count > 0)
        {
            (_reply, _refused) = (BoxConflict.ChooseFirst, true);
            return;
        }

        var reply = await Admin.SendAsync(new SaveDispatch(Who.Actor, JobType, _version, settings), Gone);
        if (reply.IsAccepted)
        {
            (_shown, _version) = (settings, reply.Value.Version);
            _edit.Settle();
            _draft?.Note();
        }

        (_reply, _refused) = (reply.Refusal?.Text ?? "Saved.", !reply.IsAccepted);
    }

    /// <summary>What is saved, with what was changed. Null: something is no number, and said so. Ranges are for the admin to judge.</summary>
    private DispatchSettings? Read(out string problem)
    {
        problem = "";
        var ttl = _shown.QueueTtl;
        if (_edit.IsChanged("queue_ttl"))
        {
            var text = _edit["queue_ttl"].Trim();
            if (!DurationText.TryParse(text.Length > 0 ? text : "0", out var span) || Math.Abs(span.Seconds) > 1_000_000_000)
            {
                problem = $"'{text}' is not a duration; write 30m or 2h";
                return null;
            }

            ttl = text.Length > 0 ? TimeSpan.FromSeconds(span.Seconds) : null;
        }

        if (JobActions.ReadLabels(_edit["require_labels"]) is not { } labels)
        {
            problem = "Each line of the labels is name=value.";
            return null;
        }

        if (Array.Find(Numbers, box => _edit[box].Trim().Length > 0 && Number(_edit[box]) is null) is { } odd)
        {
            problem = $"The {LabelOf(odd).ToLowerInvariant()} is not a number: '{_edit[odd]}'";
            return null;
        }

        return _shown with
        {
            Strategy = Enum.Parse<DispatchStrategy>(_edit["strategy"]),
            DetectorScope = Enum.Parse<DetectorScope>(_edit["detector_scope"]),
            DefaultPriority = (int)(NumberIn("default_priority", _shown.DefaultPriority) ?? DispatchSettings.Default.DefaultPriority),
            AgeingPerMinute = NumberIn("ageing_per_minute", _shown.AgeingPerMinute) ?? DispatchSettings.Default.AgeingPerMinute,
            QueueLimit = (int?)NumberIn("queue_limit", _shown.QueueLimit),
            SubmitRate = NumberIn("submit_rate", _shown.SubmitRate),
            SubmitBurst = (int?)NumberIn("submit_burst", _shown.SubmitBurst),
            QueueTtl = ttl,
            RequireLabels = labels,
        };
    }

    /// <summary>A box shows fewer digits than a number may have: only one that was written into is read.</summary>
    private double? NumberIn(string box, double? saved) => _edit.IsChanged(box) ? Number(_edit[box]) : saved;

    private static double? Number(string text) =>
        double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= int.MaxValue ? number : null;

    private static string Text(double? number) => number?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
}

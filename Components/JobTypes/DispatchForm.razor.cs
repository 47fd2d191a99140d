using System.Globalization;
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

    private DispatchStrategy _strategy;
    private string _priority = "";
    private string _ageing = "";
    private string _limit = "";
    private string _ttl = "";
    private string _rate = "";
    private string _burst = "";
    private string _labels = "";
    private string _reply = "";
    private bool _dirty;
    private bool _refused;
    private DispatchSettings? _shown;

    [Parameter, EditorRequired] public string JobType { get; set; } = "";

    protected override void OnParametersSet() => Show();

    protected override Task OnModelAsync()
    {
        Show();
        return Task.CompletedTask;
    }

    /// <summary>What a person typed is never overwritten by what others save.</summary>
    private void Show()
    {
        if (_dirty || Model.JobType(JobType)?.Dispatch is not { } now || ReferenceEquals(now, _shown))
        {
            return;
        }

        _shown = now;
        _strategy = now.Strategy;
        (_priority, _ageing, _limit, _rate, _burst) = (Text(now.DefaultPriority), Text(now.AgeingPerMinute), Text(now.QueueLimit), Text(now.SubmitRate), Text(now.SubmitBurst));
        _ttl = now.QueueTtl is { } ttl ? DurationText.Format(ConfigValue.Duration.From(ttl)) : "";
        _labels = string.Join('\n', now.RequireLabels.Select(label => $"{label.Key}={label.Value}"));
    }

    private void Edited() => (_dirty, _reply) = (true, "");

    private async Task SaveAsync()
    {
        if (Read(out var problem) is not { } settings)
        {
            (_reply, _refused) = (problem, true);
            return;
        }

        var reply = await Admin.SendAsync(new SaveDispatch(Actor.LocalUi, JobType, null, settings), Gone);
        (_reply, _refused, _dirty) = reply.IsAccepted ? ("Saved.", false, false) : (reply.Refusal.Text, true, true);
    }

    /// <summary>Null: something is no number, and said so. Ranges are for the admin to judge.</summary>
    private DispatchSettings? Read(out string problem)
    {
        problem = "";
        TimeSpan? ttl = null;
        if (_ttl.Trim().Length > 0)
        {
            if (!DurationText.TryParse(_ttl.Trim(), out var span) || Math.Abs(span.Seconds) > 1_000_000_000)
            {
                problem = $"'{_ttl}' is not a duration; write 30m or 2h";
                return null;
            }

            ttl = TimeSpan.FromSeconds(span.Seconds);
        }

        if (JobActions.ReadLabels(_labels) is not { } labels)
        {
            problem = "Each line of the labels is name=value.";
            return null;
        }

        foreach (var (text, name) in ((string, string)[])[(_priority, "default priority"), (_ageing, "ageing"), (_limit, "queue limit"), (_rate, "submissions a second"), (_burst, "number at once")])
        {
            if (text.Trim().Length > 0 && Number(text) is null)
            {
                problem = $"The {name} is not a number: '{text}'";
                return null;
            }
        }

        return new DispatchSettings
        {
            Strategy = _strategy,
            DefaultPriority = (int)(Number(_priority) ?? DispatchSettings.Default.DefaultPriority),
            AgeingPerMinute = Number(_ageing) ?? DispatchSettings.Default.AgeingPerMinute,
            QueueLimit = (int?)Number(_limit),
            SubmitRate = Number(_rate),
            SubmitBurst = (int?)Number(_burst),
            QueueTtl = ttl,
            RequireLabels = labels,
        };
    }

    private static double? Number(string text) =>
        double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= int.MaxValue ? number : null;

    private static string Text(double? number) => number?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";
}

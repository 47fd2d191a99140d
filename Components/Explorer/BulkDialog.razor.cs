using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Operations;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>Says what an operation would do before it does it, and asks why.</summary>
public sealed partial class BulkDialog : IDisposable
{
    /// <summary>More than so many, and the number has to be typed.</summary>
    private const int Many = 100;

    private readonly CancellationTokenSource _gone = new();
    private BulkPreview? _preview;
    private string _reason = "";
    private string _typed = "";
    private string _labels = "";
    private string _refusal = "";
    private int _priority = 75;
    private bool _busy;

    [Inject]
    private IAdmin Admin { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Parameter]
    [EditorRequired]
    public BulkAction Action { get; set; }

    [Parameter]
    [EditorRequired]
    public string Query { get; set; } = "";

    /// <summary>Picked one by one; empty: those that match the query.</summary>
    [Parameter]
    public ImmutableArray<JobId> Jobs { get; set; } = [];

    [Parameter]
    public EventCallback<BulkOperation> OnStarted { get; set; }

    [Parameter]
    public EventCallback OnClose { get; set; }

    private string Verb => Action switch { BulkAction.SetPriority => "Change priority of", BulkAction.SetLabels => "Change labels of", _ => Action.ToString() };

    private string Title => Action switch { BulkAction.SetPriority => "Change the priority of many jobs", BulkAction.SetLabels => "Change the labels of many jobs", _ => $"{Action} many jobs" };

    private string Done => Action switch
    {
        BulkAction.Cancel => "canceled",
        BulkAction.Retry => "retried",
        BulkAction.Expire => "ended as expired; what runs is also canceled on its worker",
        BulkAction.Delete => "deleted, with everything kept of them",
        _ => "changed",
    };

    private bool IsDangerous => Action is BulkAction.Cancel or BulkAction.Delete or BulkAction.Expire;

    private bool MustType => _preview is { WouldChange: > Many };

    private bool IsReady => !_busy && _preview is { WouldChange: > 0 } && _reason.Trim().Length > 0
        && (!MustType || new string([.. _typed.Where(char.IsAsciiDigit)]) == $"{_preview.WouldChange}")
        && (Action != BulkAction.SetLabels || _labels.Contains('=', StringComparison.Ordinal));

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync() => _preview = await BulkPreview.ReadAsync(Admin, Action, Query, Jobs, Time.GetUtcNow(), _gone.Token);

    private async Task StartAsync()
    {
        _busy = true;
        var labels = _labels.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.Ordinal)
            .ToImmutableSortedDictionary(group => group.Key, group => group.Last()[1], StringComparer.Ordinal);
        var reply = await Admin.SendAsync(new StartBulk(Who.Actor, Action, Query, Jobs, _reason, _preview!.Matched, _priority, labels), _gone.Token);
        _busy = false;
        _refusal = reply.Refusal?.Text ?? "";
        if (reply.IsAccepted)
        {
            await OnStarted.InvokeAsync(reply.Value);
        }
    }
}

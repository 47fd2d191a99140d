using System.Collections.Immutable;
using System.Data.Common;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Links;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>The newest detections, and as many older ones as a person asked for. How far back that is stands in the address.</summary>
public sealed partial class DetectionList : LiveComponent
{
    /// <summary>Says in an address how far back the list goes: the id of the oldest detection in it.</summary>
    public const string ReachParameter = "oldest";

    /// <summary>Of what is older, and read at once to be looked through.</summary>
    private const int Searched = 500;

    /// <summary>An address is not answered with more; who wants to look further asks.</summary>
    private const int MostByAddress = 1_000;

    /// <summary>Rows of the last page and of all before it, so that none is lost when the model looks less far back; empty: only the model's are shown.</summary>
    private ImmutableArray<Detection> _read = [];
    private bool _isWhole;
    private bool _busy;
    private string _problem = "";

    /// <summary>What the address said when it was last looked for, and the same when no such detection is kept.</summary>
    private string? _sought;
    private string? _notKept;

    /// <summary>The newest first, without gaps; behind them the store may have more.</summary>
    [Parameter]
    [EditorRequired]
    public IReadOnlyList<Detection> Newest { get; set; } = [];

    /// <summary>Whether more are known, or may be.</summary>
    [Parameter]
    [EditorRequired]
    public bool MayBeMore { get; set; }

    /// <summary>Whose they are; none: all.</summary>
    [Parameter]
    [EditorRequired]
    public IReadOnlyList<string> JobTypes { get; set; } = [];

    /// <summary>Rows that are shown at first, and added with each press.</summary>
    [Parameter]
    [EditorRequired]
    public int Page { get; set; }

    /// <summary>What of them is shown.</summary>
    [Parameter]
    [EditorRequired]
    public DetectionFilter Filter { get; set; } = default!;

    [Parameter]
    public bool ShowType { get; set; } = true;

    [Parameter]
    public string Empty { get; set; } = "No detection has run yet";

    [Parameter]
    public RequestId? Selected { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Drawn with the page it is on.</summary>
    protected override object Slice => "";

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private string? Reach => Navigation.Said(ReachParameter) is { Length: > 0 } said ? said : null;

    private string? NotKept => Reach == _notKept ? _notKept : null;

    private List<Detection> Looked => _read.IsEmpty ? [.. Filter.IsAny ? Newest.Take(Page) : Newest] : [.. Newest.Concat(_read).DistinctBy(detection => detection.Id)];

    private List<Detection> Rows => [.. Looked.Where(Filter.Has)];

    private bool HasMore => !_isWhole && (MayBeMore || !_read.IsEmpty) && Looked is [.., var last] && Filter.GoesBeyond(last);

    protected override Task OnParametersSetAsync()
    {
        if (Reach == _sought)
        {
            return Task.CompletedTask;
        }

        _sought = Reach;
        return Reach is { } oldest && Looked.All(detection => detection.Id.Value != oldest) ? ReadAsync(() => ReachAsync(oldest)) : Task.CompletedTask;
    }

    private Task RetryAsync() => _sought is { } oldest && oldest != _notKept && Looked.All(detection => detection.Id.Value != oldest) ? ReadAsync(() => ReachAsync(oldest)) : MoreAsync();

    private Task MoreAsync() => ReadAsync(async () =>
    {
        var (looked, page) = (Looked, Filter.IsAny ? Page : Searched);
        var older = await Admin.History.DetectionsAsync(JobTypes, page, Gone, looked[^1]);
        (_read, _isWhole) = ([.. looked, .. older], older.Length < page);
        _sought = _read[^1].Id.Value;
        Gone.ThrowIfCancellationRequested();
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(ReachParameter, _sought), replace: true);
    });

    /// <summary>Down to a detection that the address names; one of another type says how far back, too.</summary>
    private async Task ReachAsync(string oldest)
    {
        var last = await Admin.History.DetectionAsync(new(oldest), Gone);
        _notKept = last is null ? oldest : null;
        if (last is null || Looked is not { Count: > 0 } looked)
        {
            return;
        }

        var older = await Admin.History.DetectionsAsync(JobTypes, MostByAddress, Gone, looked[^1]);
        var reached = older.TakeWhile(detection => IsNotOlder(detection, last)).ToImmutableArray();
        (_read, _isWhole) = ([.. looked, .. reached], reached.Length == older.Length && older.Length < MostByAddress);
    }

    /// <summary>In the order of the store.</summary>
    private static bool IsNotOlder(Detection detection, Detection last) =>
        detection.StartedAt > last.StartedAt || (detection.StartedAt == last.StartedAt && string.CompareOrdinal(detection.Id.Value, last.Id.Value) >= 0);

    private async Task ReadAsync(Func<Task> read)
    {
        _busy = true;
        try
        {
            await read();
            _problem = "";
        }
        catch (DbException exception)
        {
            _problem = exception.Message;
        }
        finally
        {
            _busy = false;
        }
    }
}

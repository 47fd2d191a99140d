using System.Globalization;
using System.Threading.Channels;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>
/// The output of an attempt as it is written: followed while its end is in sight, held still on request, searched where it is
/// stored. The browser has the rows around what is looked at; which attempt, stream and byte is in the address.
/// </summary>
public sealed partial class JobLog : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);
    private static readonly (string Name, LogStream? Stream)[] Streams = [("stdout", LogStream.Stdout), ("stderr", LogStream.Stderr), ("merged", null)];

    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _gone = new();
    private DotNetObjectReference<JobLog>? _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _scroll;
    private ElementReference _frame;
    private Task _reading = Task.CompletedTask;
    private LogView? _view;
    private (JobId Job, int Attempt, string? Stream, long? Offset) _of;
    private bool _wasLive;
    private bool _dirty = true;
    private bool _follow = true;
    private bool _wrap = true;
    private bool _numbers = true;
    private bool _times;
    private long _linesSeen;
    private int _end;
    private string _goal = "";
    private long _marked = -1;
    private string _needle = "";
    private LogHits? _hits;
    private int _hit;

    [Parameter]
    [EditorRequired]
    public JobId Job { get; set; }

    /// <summary>Numbers of the attempts there were, oldest first.</summary>
    [Parameter]
    [EditorRequired]
    public IReadOnlyList<int> Attempts { get; set; } = [];

    /// <summary>The last attempt is under way, more may come.</summary>
    [Parameter]
    public bool IsLive { get; set; }

    [SupplyParameterFromQuery]
    private string? Attempt { get; set; }

    [SupplyParameterFromQuery]
    private string? Stream { get; set; }

    [SupplyParameterFromQuery]
    private string? Offset { get; set; }

    [Inject]
    private JobLogStore Logs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    private string StreamName => Streams.First(known => known.Stream == _view!.Stream).Name;

    private string Download => $"api/plugin/jobs/{Uri.EscapeDataString(Job.Value)}/log?attempt={_view!.Attempt}&stream={StreamName}";

    /// <summary>Lines that came since the end went out of sight.</summary>
    private long NewLines => Math.Max(0, _view!.Lines - _linesSeen);

    private int Chosen => int.TryParse(Attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Attempts.Contains(number) ? number : Attempts.Count > 0 ? Attempts[^1] : 1;

    private bool Grows => IsLive && (Attempts.Count == 0 || Chosen == Attempts[^1]);

    public async ValueTask DisposeAsync()
    {
        Logs.Written -= OnWritten;
        await _gone.CancelAsync();
        await _reading;
        try
        {
            foreach (var script in (IJSObjectReference?[])[_scroll, _module])
            {
                if (script is not null)
                {
                    await script.DisposeAsync();
                }
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and its modules with it.
        }

        _self?.Dispose();
        _view?.Dispose();
        _gone.Dispose();
    }

    /// <summary>The browser scrolled: the end is in sight, or is not.</summary>
    [JSInvokable]
    public void Follows(bool atEnd)
    {
        if (_view is { } view && _follow != atEnd)
        {
            _follow = atEnd;
            _linesSeen = view.Lines;
            Show();
        }
    }

    /// <summary>The browser scrolled to rows it does not have.</summary>
    [JSInvokable]
    public async Task SeekAsync(double row)
    {
        if (_view is { } view)
        {
            await view.SeekAsync((long)Math.Clamp(row, 0, long.MaxValue / 2), _gone.Token);
            Show();
        }
    }

    protected override void OnInitialized()
    {
        Logs.Written += OnWritten;
        _reading = ReadOnAsync();
    }

    protected override async Task OnParametersSetAsync()
    {
        var of = (Job, Chosen, Stream, long.TryParse(Offset, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : (long?)null);
        if (_of != of)
        {
            var sameText = _view is not null && (_of.Job, _of.Attempt, _of.Stream) == (of.Job, of.Chosen, of.Stream);
            _of = of;
            await OpenAsync(of.Item4, sameText);
        }
        else if (_wasLive != IsLive && _view is { } view)
        {
            await view.RefreshAsync(!Grows, _follow, _gone.Token);
            Show();
        }

        _wasLive = IsLive;
    }

    protected override bool ShouldRender() => _dirty;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        _dirty = false;
        if (_view is not null && _self is null)
        {
            _self = DotNetObjectReference.Create(this);
            _module = await Script.InvokeAsync<IJSObjectReference>("import", "./_content/Components/JobDetails/JobLog.razor.js");
            _scroll = await _module.InvokeAsync<IJSObjectReference>("attach", _frame, _self);
        }
    }

    /// <summary>To the millisecond, in the person's zone.</summary>
    private string TimeOf(LogRow row) => row.At is { } at
        ? TimeZoneInfo.ConvertTime(at, Viewer.Settings.Time == TimeMode.Utc ? TimeZoneInfo.Utc : Viewer.Zone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)
        : "";

    private async Task OpenAsync(long? offset, bool sameText)
    {
        if (!sameText)
        {
            var before = _view;
            var stream = Streams.FirstOrDefault(known => known.Name == Stream) is { Name: not null } named ? named.Stream : Default();
            var opened = new LogView(Logs, Job, Chosen, stream);
            await opened.RefreshAsync(!Grows, toEnd: offset is null, _gone.Token);
            (_view, _hits, _linesSeen) = (opened, null, opened.Lines);
            before?.Dispose();
        }

        _marked = -1;
        if (offset is { } position)
        {
            await GoToAsync(position);
        }
        else if (!sameText)
        {
            (_follow, _end) = (true, _end + 1);
        }

        Show();
    }

    /// <summary>Both streams where there are both; else the one there is.</summary>
    private LogStream? Default()
    {
        using var stdout = Logs.Open(Job, Chosen, LogStream.Stdout);
        using var stderr = Logs.Open(Job, Chosen, LogStream.Stderr);
        return (stdout, stderr) switch { (not null, not null) => null, (null, not null) => LogStream.Stderr, _ => LogStream.Stdout };
    }

    private void Choose(string stream, int attempt) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["stream"] = stream, ["attempt"] = attempt, ["offset"] = null }), replace: true);

    private string LinkTo(LogRow row) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["stream"] = StreamName, ["attempt"] = _view!.Attempt, ["offset"] = row.Start });

    private async Task HoldAsync()
    {
        var view = _view!;
        view.Hold(!view.IsHeld);
        _linesSeen = view.Lines;
        if (!view.IsHeld)
        {
            await FollowAsync();
        }

        Show();
    }

    private async Task FollowAsync()
    {
        (_follow, _marked) = (true, -1);
        await _view!.RefreshAsync(!Grows, toEnd: true, _gone.Token);
        _end++;
        Show();
    }

    private async Task SearchAsync()
    {
        _hits = _needle.Trim().Length == 0 ? null : await _view!.SearchAsync(_needle.Trim(), _gone.Token);
        if (_hits is { Offsets.IsEmpty: false })
        {
            await GoToHitAsync(0);
        }

        Show();
    }

    private async Task GoToHitAsync(int hit)
    {
        var offsets = _hits!.Offsets;
        _hit = (hit + offsets.Length) % offsets.Length;
        await GoToAsync(offsets[_hit]);
        Show();
    }

    private async Task GoToAsync(long position)
    {
        if (await _view!.ShowAsync(position, _gone.Token) is { } row)
        {
            (_follow, _linesSeen, _marked) = (false, _view.Lines, row.Start);
            _goal = string.Create(CultureInfo.InvariantCulture, $"{row.Start} {++_end}");
        }
    }

    /// <summary>A text cut where it is what is searched for.</summary>
    private IEnumerable<(string Text, bool IsHit)> Parts(string text)
    {
        var needle = _needle.Trim();
        var from = 0;
        while (needle.Length > 0 && text.IndexOf(needle, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var found)
        {
            yield return (text[from..found], false);
            yield return (text.Substring(found, needle.Length), true);
            from = found + needle.Length;
        }

        yield return (text[from..], false);
    }

    private void Show()
    {
        _dirty = true;
        StateHasChanged();
    }

    /// <summary>Called on a worker's stream: only leaves a note.</summary>
    private void OnWritten(JobId job)
    {
        if (job == Job)
        {
            _written.Writer.TryWrite(true);
        }
    }

    private async Task ReadOnAsync()
    {
        try
        {
            while (await _written.Reader.WaitToReadAsync(_gone.Token))
            {
                _written.Reader.TryRead(out _);
                await InvokeAsync(async () =>
                {
                    if (_view is { } view)
                    {
                        await view.RefreshAsync(!Grows, _follow, _gone.Token);
                        Show();
                    }
                });
                await Task.Delay(Pace, Time, _gone.Token);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }
}

using System.Globalization;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>
/// The output of an attempt as it is written. The browser has the rows around what is looked at; which attempt, stream and
/// byte is in the address. How it is read is <see cref="LogReading"/>'s.
/// </summary>
public sealed partial class JobLog(IJSRuntime runtime) : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly ScriptModule _script = new(runtime, "JobDetails/JobLog");
    private LogReading _reading = default!;
    private LogWrites? _writes;
    private DotNetObjectReference<JobLog>? _self;
    private ElementReference _frame;
    private string _linkStart = "";
    private bool _wasLive;
    private bool _dirty = true;
    private bool _wrap = true;
    private bool _numbers = true;
    private bool _times;

    /// <summary>On a phone the second row is folded until somebody asks for it.</summary>
    private bool _tools;
    private string _needle = "";

    private string HoldText => _reading.View?.IsHeld != true ? "Pause" : _reading.NewLines > 0 ? $"Resume · {Words.Count(_reading.NewLines, "new line")}" : "Resume";

    [Parameter]
    [EditorRequired]
    public JobId Job { get; set; }

    /// <summary>Numbers of the attempts there were, oldest first.</summary>
    [Parameter]
    [EditorRequired]
    public IReadOnlyList<int> Attempts { get; set; } = [];

    /// <summary>Numbers of attempts whose worker sends no output.</summary>
    [Parameter]
    public IReadOnlyList<int> Silent { get; set; } = [];

    /// <summary>The last attempt is under way, more may come.</summary>
    [Parameter]
    public bool IsLive { get; set; }

    private string? Attempt => Navigation.Said("attempt");

    private string? Stream => Navigation.Said("stream");

    private string? Offset => Navigation.Said("offset");

    [Inject]
    private JobLogStore Logs { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    [Inject]
    private Attention Attention { get; set; } = default!;

    private LogAddress Address => LogAddress.Of(Job, Attempts, Attempt, Stream, Offset);

    private bool Grows => IsLive && (Attempts.Count == 0 || Address.Attempt == Attempts[^1]);

    private string Download => $"api/plugin/jobs/{Uri.EscapeDataString(Job.Value)}/log?attempt={_reading.View!.Attempt}&stream={_reading.Stream}";

    public async ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnMoved;
        await _gone.CancelAsync();
        if (_writes is not null)
        {
            await _writes.DisposeAsync();
        }

        await _script.DisposeAsync();
        _self?.Dispose();
        _gone.Dispose();
    }

    private void OnMoved(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(OpenAsync);

    /// <summary>Another attempt, stream or line of the same job.</summary>
    private async Task OpenAsync()
    {
        if (_gone.IsCancellationRequested)
        {
            return;
        }

        try
        {
            if (await _reading.OpenAsync(Address, Grows, _gone.Token))
            {
                Show();
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The address led away from this job.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    /// <summary>The browser scrolled: the end is in sight, or is not.</summary>
    [JSInvokable]
    public void Follows(bool atEnd)
    {
        if (_reading.SetAtEnd(atEnd))
        {
            Show();
        }
    }

    /// <summary>The browser scrolled to rows it does not have.</summary>
    [JSInvokable]
    public Task SeekAsync(double row) => ShowAfterAsync(_reading.SeekAsync(row, _gone.Token));

    /// <summary>Somebody has pulled the frame to this height, in pixels.</summary>
    [JSInvokable]
    public Task SizedAsync(double height) => Viewer.ChooseAsync(Viewer.Settings with { LogHeight = (int)Math.Clamp(height, ViewerSettings.LeastLogHeight, ViewerSettings.MostLogHeight) });

    protected override void OnInitialized()
    {
        _reading = new LogReading(Logs);
        _writes = new LogWrites(Logs, Time, () => Job, () => InvokeAsync(GrownAsync), DispatchExceptionAsync);
        Navigation.LocationChanged += OnMoved;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (await _reading.OpenAsync(Address, Grows, _gone.Token))
        {
            Show();
        }
        else if (_wasLive != IsLive)
        {
            await RefreshAsync();
        }

        _wasLive = IsLive;
    }

    /// <summary>The page around it is drawn often; this only when something of it has changed.</summary>
    protected override bool ShouldRender()
    {
        var dirty = _dirty;
        _dirty = false;
        return dirty;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // A busy browser acknowledges a picture without the frame when there is something to show already.
        if (_frame.Id is not null && _self is null)
        {
            _self = DotNetObjectReference.Create(this);
            await _script.CallAsync("attach", _frame, _self);
        }
    }

    /// <summary>To the millisecond, in the person's zone.</summary>
    private string TimeOf(LogRow row) => row.At is { } at
        ? TimeZoneInfo.ConvertTime(at, Viewer.ShownZone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)
        : "";

    private void Choose(string stream, int attempt) => Navigation.NavigateTo(To(stream, attempt), replace: true);

    private string To(string stream, int attempt) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["stream"] = stream, ["attempt"] = attempt, ["offset"] = null });

    private string LinkTo(LogRow row) => string.Create(CultureInfo.InvariantCulture, $"{_linkStart}&offset={row.Start}");

    private Task HoldAsync() => ShowAfterAsync(_reading.HoldAsync(!_reading.View!.IsHeld, Grows, _gone.Token));

    private Task FollowAsync() => ShowAfterAsync(_reading.FollowAsync(Grows, _gone.Token));

    private Task SearchAsync() => ShowAfterAsync(_reading.SearchAsync(_needle, _gone.Token));

    private Task GoToHitAsync(int hit) => ShowAfterAsync(_reading.GoToHitAsync(hit, _gone.Token));

    /// <summary>Output that nobody sees waits, however much it becomes.</summary>
    private async Task GrownAsync()
    {
        await Attention.AwakeAsync(_gone.Token);
        await RefreshAsync();
    }

    private Task RefreshAsync() => ShowAfterAsync(_reading.RefreshAsync(Grows, _gone.Token));

    private async Task ShowAfterAsync(Task change)
    {
        await change;
        Show();
    }

    private void Show()
    {
        // Made once for all rows: hundreds of links differ in nothing but their end.
        _linkStart = _reading.View is { } view ? To(_reading.Stream, view.Attempt) : "";
        _dirty = true;
        StateHasChanged();
    }
}

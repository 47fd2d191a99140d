using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Activities;

/// <summary>
/// One stream of all that happens. What is read does not move: away from the top, newer entries wait in a pill; paused, the
/// whole page waits. Nothing is dropped; what memory no longer has comes from the store.
/// </summary>
public sealed partial class ActivityPage(IJSRuntime runtime)
{
    private const int Older = 200;
    private const int Few = 25;
    private const float RowHeight = 36;

    private static readonly string[] Parameters = ["q", "source", "job", "worker", "severity", "since", "until", "seq", "oldest"];

    private readonly ScriptModule _script = new(runtime, "Activities/ActivityPage", farewell: "stop");
    private ActivityQuery _query = new();
    private ActivityFilter _filter = new();
    private ActivityTail _tail = new(_ => true);
    private List<ActivityRow> _rows = [];
    private Activity? _open;

    /// <summary>The entry that was asked for and is not there; null: none.</summary>
    private long? _missing;
    private ElementReference _top;
    private DotNetObjectReference<ActivityPage>? _self;
    private bool _isAtTop = true;
    private bool _isFlood;
    private bool _busy;
    private string _error = "";

    [SupplyParameterFromQuery]
    private string? Q { get; set; }

    [SupplyParameterFromQuery(Name = "source")]
    private string? SourceName { get; set; }

    [SupplyParameterFromQuery(Name = "job")]
    private string? JobType { get; set; }

    [SupplyParameterFromQuery]
    private string? Worker { get; set; }

    [SupplyParameterFromQuery]
    private string? Severity { get; set; }

    [SupplyParameterFromQuery]
    private string? Since { get; set; }

    [SupplyParameterFromQuery]
    private string? Until { get; set; }

    /// <summary>The opened entry.</summary>
    [SupplyParameterFromQuery]
    private string? Seq { get; set; }

    /// <summary>How far back the page goes: the oldest entry in it.</summary>
    [SupplyParameterFromQuery]
    private string? Oldest { get; set; }

    /// <summary>Null: no entry is asked for, or none that could be.</summary>
    private long? Sequence => Number(Seq);

    private long? Reach => Number(Oldest);

    /// <summary>The address asks for more than is here, and the page has room for it.</summary>
    private bool IsShort => _tail is { IsWhole: false, Oldest: { } oldest, Rows.Count: < ActivityTail.Most } && Reach < oldest;

    private string NotUnderstood => string.Join(", ", new[] { _query.NotUnderstood, Odd("seq", Seq), Odd("oldest", Oldest) }.Where(part => part.Length > 0));

    /// <summary>Entries that wait because the person reads further down.</summary>
    private int Held => _isAtTop ? 0 : Model.Activities.TakeWhile(activity => activity.Sequence > (_tail.Rows.Count > 0 ? _tail.Rows[0].Sequence : 0)).Count(_filter.Matches);

    /// <summary>More happened than the model looks back on; the store has the rest.</summary>
    private bool HoldsMore => _tail.Rows.Count > 0 && Held > 0 && Model.Activities[^1].Sequence > _tail.Rows[0].Sequence + 1;

    /// <summary>When each look would replace the whole page, nobody reads along; once a second is then enough.</summary>
    protected override TimeSpan RenderPace => TimeSpan.FromSeconds(_isFlood ? 1 : 0);

    /// <summary>Called by the script.</summary>
    [JSInvokable]
    public void AtTop(bool isAtTop)
    {
        _isAtTop = isAtTop;
        TakeNewest();
        StateHasChanged();
    }

    public override async ValueTask DisposeAsync()
    {
        Viewer.Changed -= Arrange;
        _self?.Dispose();
        await _script.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Viewer.Changed += Arrange;
    }

    protected override async Task OnParametersSetAsync()
    {
        var query = ActivityQuery.From(Q, SourceName, JobType, Worker, Severity, Since, Until);
        var isAnother = query != _query || _tail.Oldest is null;
        if (isAnother)
        {
            (_query, _filter) = (query, query.Filter(Time.GetUtcNow()));
            _tail = new ActivityTail(_filter.Matches);
            _tail.Take(Model.Activities);
            Arrange();
        }

        if (IsShort || (isAnother && _tail is { Rows.Count: < Few, IsWhole: false, Oldest: not null }))
        {
            await ReadOlderAsync();
        }

        await OpenAsync();
    }

    protected override Task OnModelAsync()
    {
        TakeNewest();
        Announcer.Say(Held > 0 ? $"{Words.Number(Held)} newer activities wait at the top" : $"Newest activity: {Words.Visible(_rows.Find(row => row.Newest is not null)?.Newest!.Message ?? "none")}");
        return Task.CompletedTask;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await _script.CallAsync("start", _self, _top);
        }
    }

    private void TakeNewest()
    {
        if (_isAtTop)
        {
            var taken = _tail.Take(Model.Activities);
            _isFlood = taken > Few;
            if (taken > 0)
            {
                Arrange();
            }
        }
    }

    private void Arrange() => _rows = ActivityRow.From(_tail.Rows, at => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Viewer.ShownZone).DateTime));

    private async Task LoadOlderAsync()
    {
        var tail = _tail;
        await ReadOlderAsync();
        if (_error.Length == 0 && tail == _tail && !Gone.IsCancellationRequested && tail.Oldest is { } oldest && !(Reach <= oldest))
        {
            Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("oldest", oldest), replace: true);
        }
    }

    /// <summary>As far as the address says, else a page.</summary>
    private async Task ReadOlderAsync()
    {
        var (tail, reach) = (_tail, IsShort ? Reach!.Value : 0);
        var limit = reach > 0 ? ActivityTail.Most - tail.Rows.Count : Older;
        (_busy, _error) = (true, "");
        try
        {
            var page = await Admin.History.ActivitiesAsync(_filter with { Before = tail.Oldest, Limit = limit }, Gone);
            var reached = page.TakeWhile(activity => activity.Sequence >= reach).ToImmutableArray();
            tail.TakeOlder(reached, isLast: reached.Length == page.Length && page.Length < limit);
            Arrange();
        }
        catch (DbException exception)
        {
            _error = exception.Message;
        }
        finally
        {
            _busy = false;
        }
    }

    /// <summary>From what is shown, else from the store: a link to an entry works as long as the entry is kept.</summary>
    private async Task OpenAsync()
    {
        (_open, _missing) = (null, null);
        if (Sequence is not { } sequence)
        {
            return;
        }

        _open = Model.Activities.Concat(_tail.Rows).FirstOrDefault(activity => activity.Sequence == sequence);
        try
        {
            _open ??= (await Admin.History.ActivitiesAsync(new ActivityFilter { Before = sequence + 1, Limit = 1 }, Gone)).FirstOrDefault(activity => activity.Sequence == sequence);
            _missing = _open is null ? sequence : null;
        }
        catch (DbException exception)
        {
            _error = exception.Message;
        }
    }

    /// <summary>The address of the entry above or below the opened one; null at the ends.</summary>
    private string? Beside(int by)
    {
        var entries = _rows.Where(row => row.Newest is not null).Select(row => row.Newest!.Sequence).ToList();
        var place = entries.IndexOf(_open!.Sequence);
        return place >= 0 && place + by >= 0 && place + by < entries.Count ? Entry(entries[place + by]) : null;
    }

    private async Task ToTopAsync()
    {
        _isAtTop = true;
        TakeNewest();
        await _script.CallAsync("toTop");
    }

    private void GoTo((string Since, string Until) times) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?> { ["since"] = times.Since.Length == 0 ? null : times.Since, ["until"] = times.Until.Length == 0 ? null : times.Until, ["oldest"] = null }));

    private void Go(string name, ChangeEventArgs change) => Navigation.NavigateTo(Address(name, (string?)change.Value));

    /// <summary>Another question, from its newest entry on.</summary>
    private string Address(string name, string? value) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["oldest"] = null, [name] = string.IsNullOrEmpty(value) ? null : value });

    /// <param name="sequence">Of the entry that is opened over the page; null: none.</param>
    private string Entry(long? sequence) => Navigation.GetUriWithQueryParameter("seq", sequence);

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue ? number : null;

    private static string Odd(string name, string? said) => Number(said) is null && !string.IsNullOrEmpty(said) ? $"{name}={said}" : "";
}

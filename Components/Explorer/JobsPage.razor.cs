using System.Collections.Immutable;
using System.Data.Common;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>
/// Any of a million jobs, by query. The page stands still while it is read: rows tick in their places, and what is new
/// waits in a pill until it is asked for.
/// </summary>
public sealed partial class JobsPage
{
    private const int MostNewer = 100;
    private const int MostHints = 6;

    /// <summary>So many lines leave room for the jobs below.</summary>
    private const int FewGroups = 3;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(2);

    private readonly JobSelection _selection;
    private readonly HashSet<string> _closed = [];
    private JobListAddress _address = new();
    private string _read = "";
    private readonly NewestAnswer _pages = new();
    private readonly NewestAnswer _counts = new();
    private Page<Job>? _page;
    private ImmutableArray<Job> _rows = [];
    private ImmutableArray<JobTally>? _tally;
    private ImmutableArray<TypeGroup> _groups = [];
    private ImmutableArray<(JobTerm Term, JobCount Count)> _without = [];
    private JobCount? _count;
    private string _problem = "";
    private string _oddCursor = "";
    private DateTimeOffset _readAt;
    private Paced? _look;
    private JobCounts? _seen;
    private int _newer;
    private (ReadModel? Of, Dictionary<JobId, Waiting> Reasons) _waiting = (null, []);
    private BulkAction? _action;
    private string _dialog = "";

    public JobsPage() => _selection = new JobSelection(StateHasChanged);

    /// <summary>What everybody sees, and what only this browser knows; of one name, the own.</summary>
    private ImmutableSortedDictionary<string, SavedView> Views => Model.SavedViews.SetItems(Viewer.Settings.OwnViews.Select(view => KeyValuePair.Create(view.Name, view)));

    /// <summary>What can be read of the query is not what was asked: nothing is done with it.</summary>
    private bool IsWrong => !_address.Errors.IsEmpty;

    /// <summary>Never had any, which is another thing than none that match.</summary>
    private bool HasNoJobs => _page is { Items.IsEmpty: true } && _address.IsFirstPage && _address.Query.IsEmpty;

    private string Curl => $"curl -H 'content-type: application/json' -d '{{\"job\":{{\"job_type\":\"{SomeType}\"}}}}' {Navigation.BaseUri}api/plugin/jobs/execute?async=true";

    private string Pluginctl => $"pluginctl --address {CopyLines.Quote(Shell().ToolAddress)} run {(SomeType == "command" ? "'df -h'" : $"--type {CopyLines.Quote(SomeType)}")}";

    /// <summary>To show how a job is submitted.</summary>
    private string SomeType => Model.JobTypes.FirstOrDefault()?.Name ?? "command";

    private bool GroupsAreOpen => Viewer.Settings.TypeGroups ?? (_groups.Length <= FewGroups && _address.Query.IsEmpty && _address.IsFirstPage);

    private string Title => _address.Text.Length == 0 ? "Jobs" : $"{_address.Text} · Jobs";

    /// <summary>Of the states that are asked for; counted without them.</summary>
    private JobCount? Matching => _count is null || _address.Query.Values("state").IsEmpty ? _count
        : _count with { ByState = _count.ByState.Where(pair => _address.Filter(_readAt).States.Contains(pair.Key)).ToImmutableDictionary() };

    private AdminState State => Admin.States.Current.Value;

    private string NotUnderstood => string.Join(", ", new[] { _address.NotUnderstood, _oddCursor }.Where(part => part.Length > 0));

    private string Total => !IsWrong && Matching is { } count ? $"{(count.IsExact ? "" : "≈ ")}{Words.Count(count.Total, "job")}" : "";

    protected override Task OnParametersSetAsync() => NavigatedAsync();

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Navigation.LocationChanged += OnLocationChanged;
    }

    public override async ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        await base.DisposeAsync();
        await (_look?.EndedAsync() ?? Task.CompletedTask);
    }

    /// <summary>Rows that move are taken from the state at once; the rest of the page is looked at once a second, and only when something moved.</summary>
    protected override async Task OnModelAsync()
    {
        if (_page is null || IsWrong || _seen == Model.Totals.Jobs)
        {
            return;
        }

        await ReadAsync(TickAsync);
        _ = LookBesideAsync();
    }

    /// <summary>A store that takes its time over millions does not hold up the rows.</summary>
    private async Task LookBesideAsync()
    {
        try
        {
            await LookSoonAsync();
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The page was left while it read.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    private Task LookSoonAsync() => (_look ??= new Paced(Time, Pace, LookAsync, DispatchExceptionAsync, Gone)).AskAsync();

    private async Task LookAsync()
    {
        if (IsWrong)
        {
            return;
        }

        await ReadAsync(async () =>
        {
            _seen = Model.Totals.Jobs;
            await TickAsync();
            if (_page!.Items.IsEmpty)
            {
                await ReadPageAsync();
            }
            else if (_address.IsFirstPage && !_address.Ascending && _page.Start is { } start && !(_newer >= MostNewer && _address.Query.IsEmpty))
            {
                // Without a query nothing that came goes again: many stay many.
                var shown = _page.Items.Select(job => job.Id).ToHashSet();
                var newer = await Admin.History.JobsAsync(_address.Filter(Time.GetUtcNow(), State) with { Before = start, Limit = MostNewer }, Gone);
                _newer = newer.Items.Count(job => !shown.Contains(job.Id));
            }

            await CountAsync(exactly: false);
        });
        StateHasChanged();
    }

    private void OnLocationChanged(object? sender, Microsoft.AspNetCore.Components.Routing.LocationChangedEventArgs change) => _ = InvokeAsync(FollowAddressAsync);

    private async Task FollowAddressAsync()
    {
        // While it is being left, the address is another page's.
        if (!Navigation.IsAt("jobs"))
        {
            return;
        }

        try
        {
            await NavigatedAsync();
            StateHasChanged();
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The page was left while it read.
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    /// <summary>An open job is another address, but the same list.</summary>
    private Task NavigatedAsync()
    {
        var address = JobListAddress.Read(Navigation.Uri, Viewer.Settings, Views);
        var key = $"{address.Text}\n{address.Order}{address.Ascending}\n{address.After}\n{address.Before}\n{address.Size}";
        var sameQuery = address.Text == _address.Text;
        _address = key == _read && _oddCursor.Length > 0 ? address with { After = null, Before = null } : address;
        if (key == _read)
        {
            return Task.CompletedTask;
        }

        (_read, _oddCursor) = (key, "");
        if (!sameQuery)
        {
            _selection.Clear();
            _without = [];
            _count = null;
        }

        return IsWrong ? Task.CompletedTask : LoadAsync();
    }

    /// <summary>The rows come first: counting a million jobs takes longer than reading a page of them.</summary>
    private Task LoadAsync() => ReadAsync(async () =>
    {
        _groups = TypeGroup.From(Model, _tally);
        await ReadPageAsync();
        StateHasChanged();
        await CountAsync(exactly: false);
        await HintAsync();
    });

    private int? PlaceOf(Job job) => job.State == JobState.Pending ? Model.JobType(job.JobType)?.Queue.FirstOrDefault(view => view.Job.Id == job.Id)?.QueuePosition : null;

    /// <summary>Of those near enough to their turn that the model knows why they wait.</summary>
    private Waiting? WaitingOf(Job job)
    {
        if (!ReferenceEquals(_waiting.Of, Model))
        {
            _waiting = (Model, Model.JobTypes.SelectMany(type => type.Queue).Where(view => view.Waiting is not null).ToDictionary(view => view.Job.Id, view => view.Waiting!));
        }

        return _waiting.Reasons.GetValueOrDefault(job.Id);
    }

    private int? RetriesOf(string jobType) => Model.JobType(jobType)?.Policy.RetryLimit;

    private int PriorityOf(Job job) => job is { State: JobState.Pending, Phase: JobPhase.Queued } && Model.JobType(job.JobType) is { } type
        ? Ageing.Effective(job, type.Dispatch.AgeingPerMinute, Model.At)
        : job.Priority;

    private Task LoadNewestAsync() => LoadAsync();

    private Task CountExactlyAsync() => ReadAsync(() => CountAsync(exactly: true));

    private async Task ReadPageAsync()
    {
        var now = Time.GetUtcNow();
        _seen = Model.Totals.Jobs;
        _newer = 0;
        bool isNewest;
        Page<Job> page;
        try
        {
            (isNewest, page) = await _pages.OfAsync(Admin.History.JobsAsync(_address.Filter(now, State), Gone));
        }
        catch (FormatException)
        {
            // A cursor of another list: its first page is nearer to what was meant than an error.
            _oddCursor = _address.After is { } after ? $"after={after}" : $"before={_address.Before}";
            _address = _address with { After = null, Before = null };
            (isNewest, page) = await _pages.OfAsync(Admin.History.JobsAsync(_address.Filter(now, State), Gone));
        }

        if (!isNewest)
        {
            return;
        }

        (_page, _readAt) = (page, now);
        _rows = page.Items;
        await TickAsync();
    }

    private async Task TickAsync()
    {
        var jobs = Admin.States.Current.Value.Jobs;
        var ended = _rows.Where(job => !job.IsTerminal && !jobs.ContainsKey(job.Id)).Select(job => job.Id).ToImmutableArray();
        var records = ended.IsEmpty ? [] : (await Admin.History.JobsAsync(new JobFilter { Ids = ended, Limit = ended.Length }, Gone)).Items.ToDictionary(job => job.Id);
        _rows = [.. _rows.Select(job => job.IsTerminal ? job : jobs.GetValueOrDefault(job.Id) ?? records.GetValueOrDefault(job.Id, job))];
    }

    private async Task CountAsync(bool exactly)
    {
        if (IsWrong)
        {
            return;
        }

        var now = Time.GetUtcNow();
        var (isNewest, count) = await _counts.OfAsync(Admin.History.CountAsync(_address.Query.With("state").Filter(now, State) with { Order = _address.Order }, exactly, Gone));
        if (!isNewest && !exactly)
        {
            return;
        }

        _count = count;
        Announcer.Say(_newer > 0 ? $"{Total}, {Words.Number(_newer)} new" : Total);
        _tally = await Admin.History.TallyAsync(Gone);
        _groups = TypeGroup.From(Model, _tally);
        if (count.IsOld)
        {
            await LookSoonAsync();
        }
    }

    /// <summary>What would be found without one of the terms, when nothing is found with all of them.</summary>
    private async Task HintAsync()
    {
        var hints = ImmutableArray.CreateBuilder<(JobTerm, JobCount)>();
        if (!IsWrong && _page is { Items.IsEmpty: true } && _address.IsFirstPage && _address.Query.Terms.Length > 1)
        {
            foreach (var term in _address.Query.Terms.Take(MostHints))
            {
                var count = await Admin.History.CountAsync(_address.Query.Without(term).Filter(_readAt, State) with { Order = _address.Order }, exactly: false, Gone);
                if (count.Total > 0)
                {
                    hints.Add((term, count));
                }
            }
        }

        _without = hints.ToImmutable();
    }

    /// <summary>A store that cannot be read leaves the rows that were, and says why.</summary>
    private async Task ReadAsync(Func<Task> read)
    {
        try
        {
            await read();
            _problem = "";
        }
        catch (DbException exception)
        {
            _problem = exception.Message;
        }
    }

    private Task ToggleTypeAsync(string type)
    {
        var types = _address.Query.Values("type");
        return GoAsync(JobListAddress.To(_address.Query.With("type", types.Contains(type) ? types.Remove(type) : types.Add(type))));
    }

    private async Task ChooseColumnsAsync(ImmutableArray<JobColumn> columns)
    {
        _dialog = "";
        var names = columns.SequenceEqual(JobColumn.Usual) ? "" : JobColumn.Write(columns);
        await Viewer.ChooseAsync(Viewer.Settings with { JobColumns = names });
        await GoAsync(new() { ["cols"] = names.Length == 0 ? null : names });
    }

    /// <summary>Kept for the next time, and in the address, which may be sent to somebody with other habits.</summary>
    private async Task ChooseRowsAsync(ChangeEventArgs change)
    {
        await Viewer.ChooseRowsAsync(change.Value);
        await GoAsync(new() { ["size"] = (string?)change.Value, ["after"] = null, ["before"] = null });
    }

    private void Started(BulkOperation operation)
    {
        _action = null;
        _selection.Clear();
    }

    private bool IsShown(BulkOperation operation) => operation.IsOpen || (operation.EndedAt > Model.At - Remembered && !_closed.Contains(operation.Id));

    private Task GoAsync(Dictionary<string, object?> parameters)
    {
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(parameters));
        return Task.CompletedTask;
    }

    private static Dictionary<string, object?> Page(string? after, string? before) => new() { ["after"] = after, ["before"] = before };

    private string Export(string format) => $"api/plugin/jobs/export?format={format}&order={ViewerSettings.Name(_address.Order)}&ascending={(_address.Ascending ? 1 : 0)}&q={Uri.EscapeDataString(_address.Query.ToString())}";
}

using System.Collections.Immutable;
using System.Data.Common;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>
/// The jobs of a fixed query, page by page. The first page is alive, at most once a second; later ones stay as they were read.
/// While somebody points at a row or has the focus in one, rows tick in their places and a newer order waits.
/// </summary>
public sealed partial class TypeJobs
{
    private readonly NewestAnswer _pages = new();
    private Page<Job>? _page;
    private Page<Job>? _waits;
    private bool _isPointedAt;
    private bool _hasFocus;
    private ImmutableArray<Job> _rows = [];
    private string _read = "";
    private JobCounts? _seen;
    private Paced? _look;
    private string _problem = "";
    private string _oddAfter = "";
    private DateTimeOffset _readAt;

    [Parameter]
    [EditorRequired]
    public JobQuery Query { get; set; } = JobQuery.Empty;

    /// <summary>Unless the address asks for others.</summary>
    [Parameter]
    [EditorRequired]
    public ImmutableArray<JobColumn> Columns { get; set; } = [];

    /// <inheritdoc cref="Columns"/>
    [Parameter]
    public JobOrder Order { get; set; } = JobOrder.Updated;

    [Parameter]
    public string Caption { get; set; } = "Jobs";

    [Parameter]
    public string? After { get; set; }

    /// <summary>Raised with each reading, so that what counts the list can count anew.</summary>
    [Parameter]
    public EventCallback OnRead { get; set; }

    /// <summary>Shown when there is nothing.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    private RowsAddress Asked => RowsAddress.Read(Navigation.Said("sort"), Navigation.Said("size"), Navigation.Said("cols"), new RowsAddress(Order, false, Viewer.Settings.PageSize, Columns, ""));

    private int? RetriesOf(string jobType) => Model.JobType(jobType)?.Policy.RetryLimit;

    private string NotUnderstood => string.Join(", ", new[] { Asked.NotUnderstood, _oddAfter.Length > 0 ? $"after={_oddAfter}" : "" }.Where(part => part.Length > 0));

    private string Key(RowsAddress asked) => $"{Query}\n{asked.Order}{asked.Ascending}\n{asked.Size}\n{After}";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (_look?.EndedAsync() ?? Task.CompletedTask);
    }

    protected override Task OnParametersSetAsync() => _read == Key(Asked) ? Task.CompletedTask : LoadAsync();

    protected override async Task OnModelAsync()
    {
        _rows = [.. _rows.Select(Newest)];
        if (_seen != Model.Totals.Jobs && string.IsNullOrEmpty(After))
        {
            _look ??= new Paced(Time, TimeSpan.FromSeconds(1), LoadAsync, DispatchExceptionAsync, Gone);
            await _look.AskAsync();
        }
    }

    private async Task LoadAsync()
    {
        var (now, asked) = (Time.GetUtcNow(), Asked);
        var key = Key(asked);
        var isSameList = _read == key;
        (_read, _seen) = (key, Model.Totals.Jobs);
        try
        {
            var (isNewest, page) = await _pages.OfAsync(ReadAsync(Query.Filter(now) with { Order = asked.Order, Ascending = asked.Ascending, Limit = asked.Size }));
            if (!isNewest)
            {
                return;
            }

            Take(page, mayWait: isSameList);
            (_problem, _readAt) = ("", now);
            await OnRead.InvokeAsync();
        }
        catch (DbException exception)
        {
            // The rows that were stay, unless they answer another question.
            _problem = exception.Message;
            _page = isSameList ? _page : null;
        }

        StateHasChanged();
    }

    private async Task<Page<Job>> ReadAsync(JobFilter filter)
    {
        _oddAfter = "";
        try
        {
            return await Admin.History.JobsAsync(filter with { After = After }, Gone);
        }
        catch (FormatException)
        {
            // A cursor of another list: its first page is nearer to what was meant than an error.
            _oddAfter = After!;
            return await Admin.History.JobsAsync(filter, Gone);
        }
    }

    private void Take(Page<Job> page, bool mayWait)
    {
        if (mayWait && (_isPointedAt || _hasFocus) && _page is { Items.IsEmpty: false } shown && !shown.Items.Select(job => job.Id).SequenceEqual(page.Items.Select(job => job.Id)))
        {
            _waits = page;
            return;
        }

        (_page, _waits) = (page, null);
        _rows = [.. page.Items.Select(Newest)];
    }

    private void TakeWaiting()
    {
        if (_waits is { } page)
        {
            Take(page, mayWait: false);
        }
    }

    /// <summary>Who presses has the focus there. A row that had it and was scrolled away, and with that from the page, never said that it lost it.</summary>
    private void TakeAskedFor()
    {
        _hasFocus = false;
        TakeWaiting();
    }

    private void Hold(ref bool reason, bool held)
    {
        reason = held;
        if (!_isPointedAt && !_hasFocus)
        {
            TakeWaiting();
        }
    }

    /// <summary>Kept for the next time, and in the address, which may be sent to somebody with other habits.</summary>
    private async Task ChooseRowsAsync(ChangeEventArgs change)
    {
        await Viewer.ChooseRowsAsync(change.Value);
        Go(new() { ["size"] = (string?)change.Value, ["after"] = null });
    }

    private void Go(Dictionary<string, object?> parameters) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(parameters));

    private Job Newest(Job job) => job.IsTerminal ? job : Admin.States.Current.Value.Jobs.GetValueOrDefault(job.Id) ?? job;
}

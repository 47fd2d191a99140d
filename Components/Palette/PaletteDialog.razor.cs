using System.Collections.Immutable;
using System.Data.Common;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Palette;

/// <summary>A few letters, and one is there. Answered from memory at once; the store adds what it finds.</summary>
public sealed partial class PaletteDialog(IJSRuntime runtime)
{
    private const int StoreShown = 8;
    private const int ShortestText = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _gone = new();
    private readonly ScriptModule _dialogs = new(runtime, "Shared/Dialog", "closed", "palette");
    private readonly ScriptModule _keys = new(runtime, "Palette/Keys");
    private ElementReference _dialog;
    private ElementReference _box;
    private DotNetObjectReference<PaletteDialog>? _self;
    private CancellationTokenSource? _asking;
    private List<PaletteItem> _items = [];
    private bool _isCut;
    private int _chosen;
    private string _problem = "";

    /// <summary>What the page behind can do.</summary>
    [Parameter]
    [EditorRequired]
    public ImmutableArray<PageKey> Keys { get; set; } = [];

    [Parameter]
    public EventCallback OnClose { get; set; }

    /// <summary>Something of the page behind was chosen; the dialog is closed by then.</summary>
    [Parameter]
    public EventCallback<int> OnAction { get; set; }

    private string Found => (_items.Count, _asking) switch
    {
        _ when _problem.Length > 0 => $"The store could not be searched: {_problem}",
        (0, not null) => "Looking through all jobs …",
        (0, null) => "Nothing is called that. Jobs are found by the start of their id or words of their summary.",
        (_, not null) => $"{Shown}, looking through all jobs …",
        _ => Shown,
    };

    private string Shown => _isCut ? $"{_items.Count} of more; more letters narrow it" : $"{_items.Count} found";

    /// <param name="by">Rows down. Single steps go round.</param>
    [JSInvokable]
    public async Task MoveAsync(int by)
    {
        if (_items.Count > 0)
        {
            _chosen = Math.Abs(by) == 1 ? (_chosen + by + _items.Count) % _items.Count : Math.Clamp(_chosen + by, 0, _items.Count - 1);
            StateHasChanged();
            await _keys.CallAsync("reveal", $"palette-{_chosen}");
        }
    }

    [JSInvokable]
    public Task ChooseAsync() => _chosen < _items.Count ? TakeAsync(_items[_chosen]) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _gone.Dispose();
        _self?.Dispose();
        await _dialogs.DisposeAsync();
        await _keys.DisposeAsync();
    }

    protected override void OnInitialized() => (_items, _isCut) = Search("");

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await _dialogs.CallAsync("show", _dialog, "palette");
            await _keys.CallAsync("attach", _box, _self);
        }
    }

    private (List<PaletteItem> Items, bool IsCut) Search(string query) => PaletteItems.For(Admin.Views.Current.Value, query, Keys, Href);

    private string Href(JobId job) => JobLinks.Detail(Navigation, job.Value);

    private async Task FindAsync(ChangeEventArgs typed)
    {
        var query = (typed.Value as string ?? "").Trim();
        ((_items, _isCut), _chosen, _problem) = (Search(query), 0, "");
        if (_asking is { } before)
        {
            _asking = null;
            await before.CancelAsync();
        }

        if (query.Length >= ShortestText)
        {
            await AskStoreAsync(query);
        }
    }

    /// <summary>The newest question wins; nobody waits for the answer to an older one.</summary>
    private async Task AskStoreAsync(string query)
    {
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        asking.CancelAfter(Patience);
        _asking = asking;
        StateHasChanged();
        try
        {
            var page = await Admin.History.JobsAsync(new JobFilter { Text = query, Limit = StoreShown }, asking.Token).WaitAsync(asking.Token);
            _items = [.. _items.Concat(page.Items.Select(job => PaletteItems.Job(job, Href(job.Id)))).DistinctBy(item => item.Href ?? item.Text)];
            _isCut |= page.Next is not null;
        }
        catch (OperationCanceledException) when (asking.IsCancellationRequested)
        {
            // Somebody typed on or went, or the store has more to look through than one waits for.
        }
        catch (DbException exception)
        {
            // What is known without the store stays to be chosen.
            _problem = exception.Message;
        }
        finally
        {
            if (_asking == asking)
            {
                _asking = null;
            }
        }
    }

    private async Task TakeAsync(PaletteItem item)
    {
        await OnClose.InvokeAsync();
        if (item.Href is { } href)
        {
            Navigation.NavigateTo(href);
        }
        else if (item.Choose is { } choose)
        {
            await Viewer.ChooseAsync(choose(Viewer.Settings));
        }
        else if (item.Action is { } action)
        {
            await OnAction.InvokeAsync(action);
        }
    }
}

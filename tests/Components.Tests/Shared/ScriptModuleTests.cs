using BlazorPluginAdmin.Components.Shared;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Tests.Shared;

/// <summary>A script arrives later than its component is drawn, perhaps later than it is gone.</summary>
public sealed class ScriptModuleTests
{
    private readonly Browser _browser = new();
    private readonly ScriptModule _script;

    public ScriptModuleTests() => _script = new ScriptModule(_browser, "Room/Part", farewell: "stop");

    [Fact]
    public async Task Calls_ImportItOnce_AndItSaysFarewell()
    {
        _browser.Arrive();
        Assert.Equal(7, await _script.CallAsync<int>("count", "a", 1));
        await _script.CallAsync("start");
        await _script.DisposeAsync();
        Assert.Equal(["import ./_content/Components/Room/Part.razor.js", "count a 1", "start", "stop", "released"], _browser.Said);
    }

    [Fact]
    public async Task GoneBeforeItArrived_ItIsReleased_AndNothingIsCalled()
    {
        var call = _script.CallAsync("start");
        await _script.DisposeAsync();
        _browser.Arrive();
        await call;
        Assert.Equal(["import ./_content/Components/Room/Part.razor.js", "released"], _browser.Said);
    }

    [Fact]
    public async Task NeverCalled_ItIsNeverFetched()
    {
        await _script.DisposeAsync();
        Assert.Empty(_browser.Said);
    }

    [Fact]
    public async Task BrowserThatHasGone_IsNoFault()
    {
        _browser.Arrive();
        await _script.CallAsync("start");
        _browser.IsGone = true;
        Assert.Equal(0, await _script.CallAsync<int>("count"));
        await _script.DisposeAsync();
    }

    /// <summary>What a circuit waits for when it ends is cancelled; of a component that stays, an answer that never comes is a fault.</summary>
    [Fact]
    public async Task BrowserThatGoesWhileItIsAsked_IsNoFault_ForWhoLeavesToo()
    {
        _browser.Arrive();
        await _script.CallAsync("start");
        _browser.GoesWhenAsked = true;
        await Assert.ThrowsAsync<TaskCanceledException>(() => _script.CallAsync("count"));
        await _script.DisposeAsync();
    }

    private sealed class Browser : IJSRuntime, IJSObjectReference
    {
        private readonly TaskCompletionSource _arrived = new();

        public List<string> Said { get; } = [];

        public bool IsGone { get; set; }

        public bool GoesWhenAsked { get; set; }

        public void Arrive() => _arrived.SetResult();

        public async ValueTask<T> InvokeAsync<T>(string identifier, object?[]? args)
        {
            if (IsGone)
            {
                throw new JSDisconnectedException("the circuit has no browser");
            }

            if (GoesWhenAsked)
            {
                throw new TaskCanceledException();
            }

            Said.Add(string.Join(' ', (args ?? []).Prepend(identifier)));
            if (identifier == "import")
            {
                await _arrived.Task;
                return (T)(object)this;
            }

            return identifier == "count" ? (T)(object)7 : default!;
        }

        public ValueTask<T> InvokeAsync<T>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<T>(identifier, args);

        public ValueTask DisposeAsync()
        {
            Said.Add("released");
            return IsGone ? throw new JSDisconnectedException("the circuit has no browser") : ValueTask.CompletedTask;
        }
    }
}

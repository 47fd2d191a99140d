using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>The person's choices in this circuit. Changed here, they are kept by the browser and show at once. Circuit's thread only.</summary>
public sealed class Viewer(IJSRuntime script) : IAsyncDisposable
{
    private IJSObjectReference? _module;

    public ViewerSettings Settings { get; private set; } = new();

    /// <summary>Raised on the circuit's thread.</summary>
    public event Action? Changed;

    /// <summary>What the request of the page said.</summary>
    public void Load(ViewerSettings settings)
    {
        Settings = settings;
        Changed?.Invoke();
    }

    public async Task ChooseAsync(ViewerSettings settings)
    {
        var changed = settings.Cookies.Except(Settings.Cookies).Select(cookie => new[] { cookie.Name, cookie.Value }).ToArray();
        Load(settings);
        _module ??= await script.InvokeAsync<IJSObjectReference>("import", "./_content/Components/Layout/ViewMenu.razor.js");
        await _module.InvokeVoidAsync("remember", [changed]);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_module is not null)
            {
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and its modules with it.
        }
    }
}

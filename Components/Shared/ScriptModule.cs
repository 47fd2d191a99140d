using Microsoft.JSInterop;
using Microsoft.JSInterop.Infrastructure;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>
/// The script beside a component: there at its first call, gone with the component. Calls come to nothing when the component
/// has left, also while the script was on its way, and when the browser has. Circuit's thread only.
/// </summary>
/// <param name="component">Folder and name, such as <c>Layout/Frame</c>.</param>
/// <param name="farewell">The function to call before it goes; empty: none.</param>
/// <param name="with">What that is called with.</param>
public sealed class ScriptModule(IJSRuntime runtime, string component, string farewell = "", params object?[] with) : IAsyncDisposable
{
    private Task<IJSObjectReference>? _import;
    private bool _isGone;

    /// <summary>Calls a function of the script.</summary>
    public async Task CallAsync(string function, params object?[] arguments) => await CallAsync<IJSVoidResult>(function, arguments);

    /// <summary>Calls a function of the script; the default of its type when there is nobody to ask any more.</summary>
    public async Task<T?> CallAsync<T>(string function, params object?[] arguments)
    {
        try
        {
            _import ??= runtime.InvokeAsync<IJSObjectReference>("import", $"./_content/Components/{component}.razor.js").AsTask();
            var module = await _import;
            if (!_isGone)
            {
                return await module.InvokeAsync<T>(function, arguments);
            }

            await module.DisposeAsync();
        }
        catch (Exception exception) when (HasGone(exception))
        {
            // And its scripts with it.
        }

        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _isGone = true;
        if (_import is not { IsCompletedSuccessfully: true })
        {
            return; // Who waits for it lets it go.
        }

        try
        {
            var module = await _import;
            if (farewell.Length > 0)
            {
                await module.InvokeVoidAsync(farewell, with);
            }

            await module.DisposeAsync();
        }
        catch (Exception exception) when (HasGone(exception))
        {
            // And its scripts with it.
        }
    }

    /// <summary>The browser, before it was asked or while it was; an answer that never comes to a component that stays is a fault.</summary>
    private bool HasGone(Exception exception) => exception is JSDisconnectedException || (_isGone && exception is OperationCanceledException);
}

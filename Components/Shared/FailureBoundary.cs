using System.Data.Common;
using System.Globalization;
using BlazorPluginAdmin.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>What fails inside it says why, with an id that the log has too, and what to copy for whoever is to mend it.</summary>
public abstract class FailureBoundary : ErrorBoundaryBase
{
    private string _address = "";

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    /// <summary>Under which the log has the reason.</summary>
    protected string Id { get; private set; } = "";

    /// <summary>In words for people; the exception's own are in the log.</summary>
    protected string Cause => CurrentException switch
    {
        DbException store => $"The store could not be read: {store.Message.TrimEnd('.')}.",
        TimeoutException or OperationCanceledException => "Something it asked for did not answer in time.",
        IOException => "Something it reads could not be read.",
        _ => "Something in it went wrong that should not.",
    };

    protected string Details => string.Join('\n', new[] { Id, What, _address, $"version {Shell().Version}", CurrentException?.GetType().Name ?? "" }.Where(line => line.Length > 0));

    /// <summary>Which part of the page it is; empty: the page.</summary>
    protected virtual string What => "";

    [Inject]
    private Func<ShellOptions> Shell { get; set; } = default!;

    protected override Task OnErrorAsync(Exception exception)
    {
        (Id, _address) = (Time.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture), Navigation.Uri);
        Log(exception);
        return Task.CompletedTask;
    }

    protected abstract void Log(Exception exception);
}

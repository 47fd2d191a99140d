using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Components.Layout;

/// <summary>A page that fails says so, with an id that the log has too; the rest of the dashboard goes on.</summary>
public sealed partial class PageErrorBoundary
{
    private string _id = "";
    private string _address = "";

    [Parameter]
    public string Title { get; set; } = "This page failed";

    /// <summary>For what stands over a page; a page has nothing to close.</summary>
    [Parameter]
    public EventCallback OnClose { get; set; }

    [Inject]
    private ILogger<PageErrorBoundary> Logger { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private Func<ShellOptions> Shell { get; set; } = default!;

    /// <summary>In words for people; the exception's own are in the log.</summary>
    private string Cause => CurrentException switch
    {
        DbException store => $"The store could not be read: {store.Message.TrimEnd('.')}.",
        TimeoutException or OperationCanceledException => "Something it asked for did not answer in time.",
        IOException => "Something it reads could not be read.",
        _ => "Something in it went wrong that should not.",
    };

    private string Details => $"{_id}\n{_address}\nversion {Shell().Version}\n{CurrentException?.GetType().Name}";

    protected override Task OnErrorAsync(Exception exception)
    {
        (_id, _address) = (Time.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture), Navigation.Uri);
        LogFailed(Logger, exception, _id);
        return Task.CompletedTask;
    }

    [LoggerMessage(100, LogLevel.Error, "A page failed; id {Id}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string id);
}

using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>A card that fails says so, with an id that the log has too; the cards beside it go on.</summary>
public sealed partial class CardBoundary
{
    private string _id = "";

    [Parameter]
    [EditorRequired]
    public string Title { get; set; } = "";

    [Inject]
    private ILogger<CardBoundary> Logger { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    protected override Task OnErrorAsync(Exception exception)
    {
        _id = Time.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        LogFailed(Logger, exception, _id, Title);
        return Task.CompletedTask;
    }

    [LoggerMessage(101, LogLevel.Error, "A card failed; id {Id}, card {Card}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string id, string card);
}

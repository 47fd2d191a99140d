using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>A card that fails says so; the cards beside it go on.</summary>
public sealed partial class CardBoundary
{
    [Parameter]
    [EditorRequired]
    public string Title { get; set; } = "";

    protected override string What => Title;

    [Inject]
    private ILogger<CardBoundary> Logger { get; set; } = default!;

    protected override void Log(Exception exception) => LogFailed(Logger, exception, Id, Title);

    [LoggerMessage(101, LogLevel.Error, "A card failed; id {Id}, card {Card}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string id, string card);
}

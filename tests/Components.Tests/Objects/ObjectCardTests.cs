using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Objects;
using BlazorPluginAdmin.Components.Tests.Shared;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Observations;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Objects;

/// <summary>One object, and the wait for its rows.</summary>
public sealed class ObjectCardTests : BunitContext, IObservations
{
    private static readonly Observation Seen = new(
        ["lake", "<i>orders</i>"], "table", "LANCE", ConfigValues.Empty.With("rows", new ConfigValue.Int64(9007199254740993)), "lance_compact", new WorkerId("w-1"), DateTimeOffset.UnixEpoch);

    private readonly TaskCompletionSource<Reply<ObjectPreview>> _answer = new();
    private CancellationToken _asker;

    public ObjectCardTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<IObservations>(this);
        Services.AddWho(Role.Admin);
        Services.AddSingleton(new CircuitClock(new ManualTimeProvider()));
    }

    public Feed<ObservationBook> Newest { get; } = new(ObservationBook.Empty);

    public Task<Reply<ObjectPreview>> PreviewAsync(Actor by, ImmutableArray<string> objectId, string format, int rowLimit, CancellationToken cancellationToken)
    {
        _asker = cancellationToken;
        return _answer.Task;
    }

    [Fact]
    public void Attributes_AreExact_AndNamesAreText()
    {
        var card = Card();
        Assert.Contains("9007199254740993", card.Find("[data-testid=attributes]").TextContent, StringComparison.Ordinal);
        Assert.Contains("lake / <i>orders</i>", card.Find("h2").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_AreAwaited_ThenShownAsText()
    {
        var card = Card();
        var asking = card.Find("[data-testid=preview]").ClickAsync(new());
        Assert.True(card.Find("[data-testid=preview]").HasAttribute("disabled"));
        Assert.Contains("it has 30 s", card.Find("[role=status]").TextContent, StringComparison.Ordinal);
        _answer.SetResult(new ObjectPreview(["a", "b"], [["1", "<script>"], ["2"]], 7));
        await asking;
        Assert.Equal(["1", "<script>", "2"], card.FindAll("tbody td").Select(cell => cell.TextContent));
        Assert.Empty(card.FindAll("script"));
        Assert.Contains("2 rows of 7.", card.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_IsShown_AndOneCanAskAgain()
    {
        var card = Card();
        _answer.SetResult(new Refusal(RefusalCode.Unavailable, "worker w-1 did not answer within 30 s"));
        await card.Find("[data-testid=preview]").ClickAsync(new());
        Assert.Equal("worker w-1 did not answer within 30 s", card.Find("[role=status].reply-bad").TextContent);
        Assert.False(card.Find("[data-testid=preview]").HasAttribute("disabled"));
    }

    [Fact]
    public void Wait_EndsWithThePage()
    {
        var card = Card();
        _ = card.Find("[data-testid=preview]").ClickAsync(new());
        Assert.False(_asker.IsCancellationRequested);
        card.Instance.Dispose();
        Assert.True(_asker.IsCancellationRequested);
    }

    private IRenderedComponent<ObjectCard> Card() => Render<ObjectCard>(parameters => parameters.Add(card => card.Observation, Seen));
}

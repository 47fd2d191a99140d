using BlazorPluginAdmin.Components.Shared;
using Bunit;

namespace BlazorPluginAdmin.Components.Tests.Shared;

/// <summary>Buttons that do something: pressed twice in a hurry they do it once.</summary>
public sealed class ButtonTests : BunitContext
{
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asked;

    public ButtonTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public async Task ActionButton_TakesNoSecondPress_UntilTheAnswerIsThere()
    {
        var button = Render<ActionButton>(parameters => parameters.Add(b => b.OnPress, DoAsync).AddUnmatched("class", "button").AddChildContent("Drain"));
        var first = button.Find("button").ClickAsync(new());
        await button.Find("button").ClickAsync(new());
        Assert.Equal((1, "true", "button"), (_asked, button.Find("button").GetAttribute("aria-disabled"), button.Find("button").ClassName));
        _answer.SetResult();
        await first;
        Assert.False(button.Find("button").HasAttribute("aria-disabled"));
        await button.Find("button").ClickAsync(new());
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task ConfirmButton_AsksFirst_AndNotAgainWhileItActs()
    {
        var button = Render<ConfirmButton>(parameters => parameters.Add(b => b.OnConfirm, DoAsync).Add(b => b.Text, "Cancel").Add(b => b.Question, "Really?").Add(b => b.TestId, "x"));
        await button.Find("[data-testid=x]").ClickAsync(new());
        var confirmed = button.Find("[data-testid=x-confirm]").ClickAsync(new());
        await button.Find("[data-testid=x]").ClickAsync(new());
        Assert.Empty(button.FindAll("[data-testid=x-confirm]"));
        _answer.SetResult();
        await confirmed;
        await button.Find("[data-testid=x]").ClickAsync(new());
        Assert.NotEmpty(button.FindAll("[data-testid=x-confirm]"));
        Assert.Equal(1, _asked);
    }

    private Task DoAsync()
    {
        _asked++;
        return _answer.Task;
    }
}

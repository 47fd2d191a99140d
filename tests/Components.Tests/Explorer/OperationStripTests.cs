using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Operations;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class OperationStripTests : LivePages
{
    [Fact]
    public void Stop_AsksFirst_AndIsSent()
    {
        var operation = new BulkOperation { Id = "op-1", Action = BulkAction.Cancel, StartedAt = DateTimeOffset.UnixEpoch, State = OperationState.Running, Expected = 300, Changed = 120 };
        Admin.Answer = _ => operation with { State = OperationState.Stopping };
        var strip = Render<OperationStrip>(parameters => parameters.Add(each => each.Operation, operation));
        strip.Find("[data-testid=stop-operation]").Click();
        Assert.Empty(Admin.Sent);
        strip.Find("[data-testid=stop-operation-confirm]").Click();
        Assert.Equal("op-1", Assert.IsType<StopBulk>(Assert.Single(Admin.Sent)).Operation);

        strip.Render(parameters => parameters.Add(each => each.Operation, operation with { State = OperationState.Stopping }));
        Assert.Contains("Stopping:", strip.Find("[data-testid=operation]").TextContent, StringComparison.Ordinal);
        Assert.Empty(strip.FindAll("[data-testid=stop-operation], [data-testid=close-operation]"));
    }
}

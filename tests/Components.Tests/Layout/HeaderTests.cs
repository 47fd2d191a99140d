using BlazorPluginAdmin.Components.Layout;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Components.Tests.Layout;

/// <summary>Whom the admin takes somebody for, and what that person may.</summary>
public sealed class HeaderTests
{
    [Theory]
    [InlineData("admin", "operator, no sign-in", "may do everything")]
    [InlineData("operator", "operator, no sign-in", "role operator")]
    [InlineData("viewer", null, null)]
    public void Person_AndWhatThePersonMay_AreInWords(string role, string? who, string? may)
    {
        using var pages = new Pages(Role.Find(role)!);
        var header = pages.Render<Header>(parameters => parameters.Add(its => its.Shell, new ShellOptions("", "1", "w:1", "http://h:1")));
        Assert.Equal(who, header.FindAll("[data-testid=person] b") is [var name] ? name.TextContent : null);
        Assert.Equal(may, header.FindAll("[data-testid=person] .muted") is [var permitted] ? permitted.TextContent : null);
        Assert.Equal(who is null, header.FindAll("[data-testid=view-only]").Count == 1);
    }

    private sealed class Pages(Role role) : LivePages(role);
}

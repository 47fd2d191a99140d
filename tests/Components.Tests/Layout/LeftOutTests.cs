using System.Reflection;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Layout;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Layout;

/// <summary>Whatever page an address opens, it says what it leaves out of it.</summary>
public sealed class LeftOutTests : LivePages
{
    /// <summary>A page that is not there reads nothing, and the gallery is for those who build it.</summary>
    private static readonly Dictionary<string, (Type Page, Dictionary<string, object> Route)> Pages = typeof(Root).Assembly.GetTypes()
        .Where(type => type != typeof(NotFoundPage) && type != typeof(FormGallery))
        .SelectMany(type => type.GetCustomAttributes<RouteAttribute>().SelectMany(route => Addresses(type, route.Template)))
        .ToDictionary(page => page.Address, page => (page.Type, page.Route));

    private readonly AdminHarness _admin = new();

    public static TheoryData<string> Known => [.. Pages.Keys];

    [Theory]
    [MemberData(nameof(Known))]
    public void EveryPage_SaysWhatItKnowsNothingOf(string address)
    {
        Look();
        if (!address.Contains("/lanes/", StringComparison.Ordinal))
        {
            // Lanes come with their job types.
            Assert.Contains("helth=x", Said(address, "?helth=x&detail=job-1"), StringComparison.Ordinal);
        }

        _admin.ConnectDescribed("worker-1");
        Look();
        Assert.Contains("helth=x", Said(address, "?helth=x&detail=job-1"), StringComparison.Ordinal);
        Assert.DoesNotContain("Not understood", Said(address, "?detail=job-1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/plugin/configuration", "?job=echo&as=json&version=2&with=1", "")]
    [InlineData("/plugin/configuration", "?job=echo&version=two", "version=two")]
    [InlineData("/plugin/configuration", "?job=echo&version=2&with=-1", "with=-1")]
    [InlineData("/plugin/configuration", "?job=echo&with=1&as=xml", "as=xml, with=1")]
    [InlineData("/plugin/configuration", "?job=echo&id=d-1", "id=d-1")]
    [InlineData("/plugin/detection", "?job=echo&outcome=found", "")]
    [InlineData("/plugin/detection", "?id=d-1", "id=d-1")]
    [InlineData("/plugin/execution", "?job=echo&state=failed&since=1h&until=2026-01-02&sort=created&size=25&cols=job", "")]
    [InlineData("/plugin/history", "?stat=failed", "stat=failed")]
    [InlineData("/plugin/detection", "?job=echo&q=type:a", "")]
    [InlineData("/schedules", "?job=echo&q=night&state=paused", "state=paused")]
    [InlineData("/workers", "?job=echo", "")]
    [InlineData("/workers", "?q=w&health=healthy&type=echo&label=a:b&version=1&lane=default", "")]
    [InlineData("/jobs", "?state=failed&since=1h&sort=created&size=25", "")]
    [InlineData("/settings", "?x", "x")]
    [InlineData("/activity", "?q=a&source=admin&job=echo&worker=w&severity=bad&since=1h&until=2026-01-02", "")]
    public void WhatAPageReads_IsNotLeftOut(string address, string asked, string leftOut)
    {
        _admin.ConnectDescribed();
        Look();
        var said = Said(address, asked);
        Assert.Equal(leftOut.Length == 0 ? "" : $"Not understood and left out: {leftOut}", said);
    }

    protected override void Dispose(bool disposing)
    {
        _admin.Dispose();
        base.Dispose(disposing);
    }

    private void Look()
    {
        Admin.States.Publish(_admin.State);
        Admin.Views.Publish(new ReadModelBuilder().Build(_admin.State, _admin.Now));
    }

    private string Said(string address, string asked)
    {
        var (page, route) = Pages[address];
        Services.GetRequiredService<NavigationManager>().NavigateTo($"{address.TrimStart('/')}{asked}");
        var shown = Render(builder =>
        {
            builder.OpenComponent(0, page);
            builder.AddMultipleAttributes(1, route);
            builder.CloseComponent();
        });
        var said = string.Join(" ", shown.FindAll("[data-testid=not-understood]").Select(notice => notice.TextContent));
        shown.Dispose();
        return said;
    }

    /// <summary>The addresses of a route, with something for each of its parts.</summary>
    private static IEnumerable<(string Address, Type Type, Dictionary<string, object> Route)> Addresses(Type type, string template)
    {
        var names = Regex.Matches(template, @"\{\*?(\w+)\}").Select(part => part.Groups[1].Value).ToList();
        foreach (var tab in names.Contains("Tab") ? JobTypeLinks.Tabs.Select(tab => tab.Tab) : [""])
        {
            var route = names.ToDictionary(name => name, name => (object)(name switch { "Tab" => tab, "Lane" => "general", _ => "worker-1" }));
            yield return (Regex.Replace(template, @"\{\*?(\w+)\}", part => (string)route[part.Groups[1].Value]), type, route);
        }
    }
}

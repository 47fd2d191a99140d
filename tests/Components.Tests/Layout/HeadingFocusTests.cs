using BlazorPluginAdmin.Components.Layout;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Tests.Layout;

/// <summary>When the browser is asked to begin at the heading; whether it does is its own to decide.</summary>
public sealed class HeadingFocusTests : BunitContext
{
    [Fact]
    public void AnotherPage_IsBegunAtItsHeading_TheSameOneIsNot()
    {
        var browser = JSInterop.SetupModule("./_content/Components/Layout/HeadingFocus.razor.js");
        browser.SetupVoid("place").SetVoidResult();
        var focus = Render<HeadingFocus>(one => one.Add(it => it.Route, To<ComponentBase>()));
        browser.VerifyInvoke("place", 1);
        focus.Render(one => one.Add(it => it.Route, To<ComponentBase>()));
        browser.VerifyInvoke("place", 1);
        focus.Render(one => one.Add(it => it.Route, To<LayoutComponentBase>()));
        browser.VerifyInvoke("place", 2);

        static RouteData To<T>() => new(typeof(T), new Dictionary<string, object?>());
    }
}

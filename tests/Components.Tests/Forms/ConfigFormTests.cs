using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace BlazorPluginAdmin.Components.Tests.Forms;

public sealed class ConfigFormTests : FormContext
{
    [Fact]
    public void Controller_Changed_ShowsAndAnnouncesItsDependant()
    {
        var buffer = new FormBuffer(GalleryForms.States, FormKind.Worker, GalleryForms.StoredStates);
        var form = RenderForm(buffer);
        Assert.Empty(form.FindAll("[data-field=appears]"));
        form.Find("[data-field=mode] input[value=two]").Change("two");
        Assert.NotEmpty(form.FindAll("[data-field=appears]"));
        Assert.Contains("appears", form.Find(".form-announce").TextContent, StringComparison.Ordinal);
        form.Find("#f-worker-appears").Change("kept");
        form.Find("[data-field=mode] input[value=one]").Change("one");
        Assert.False(buffer.Result().ContainsKey("appears"));
        form.Find("[data-field=mode] input[value=two]").Change("two");
        Assert.Equal("kept", form.Find("#f-worker-appears").GetAttribute("value"));
    }

    [Fact]
    public async Task Review_ShowsErrorsAtFieldsAndInTheSummary()
    {
        var buffer = new FormBuffer(GalleryForms.States, FormKind.Worker, GalleryForms.StoredStates);
        var form = RenderForm(buffer);
        Assert.Empty(form.FindAll(".form-errors"));
        Assert.False(await form.InvokeAsync(buffer.ReviewAsync));
        var links = form.FindAll(".form-errors a");
        Assert.Contains(links, link => link.GetAttribute("href")!.EndsWith("#f-worker-required", StringComparison.Ordinal));
        var control = form.Find("#f-worker-too_large");
        Assert.Equal("true", control.GetAttribute("aria-invalid"));
        Assert.Contains("f-worker-too_large-error", control.GetAttribute("aria-describedby")!.Split(' '));
        Assert.Equal("1.4 is above 1", form.Find("#f-worker-too_large-error").TextContent.Trim());
        form.Find("#f-worker-too_large").Change("0.5");
        Assert.Null(form.Find("#f-worker-too_large").GetAttribute("aria-invalid"));
    }

    [Fact]
    public async Task SummaryLink_Clicked_FocusesTheField()
    {
        var buffer = new FormBuffer(GalleryForms.States, FormKind.Worker, GalleryForms.StoredStates);
        var form = RenderForm(buffer);
        // Markup of a later render no longer carries the reference's id, so it is read from the first one.
        var expected = form.Find("#f-worker-too_large").GetAttribute("blazor:elementreference");
        await form.InvokeAsync(buffer.ReviewAsync);
        form.FindAll(".form-errors a").First(link => link.TextContent == "too large").Click();
        Assert.Equal(expected, Assert.IsType<ElementReference>(JSInterop.VerifyFocusAsyncInvoke().Arguments[0]).Id);
    }

    [Fact]
    public void Required_IsAWord_AndDefaultIsShown()
    {
        var form = RenderForm(Buffer(new FieldSchema { Name = "f", Type = FieldType.Double, Required = true }, new ConfigValue.Double(0.3)));
        Assert.Contains("required", form.Find("label[for=f-worker-f]").TextContent, StringComparison.Ordinal);
        Assert.Contains("default 0.3", form.Find("#f-worker-f-help").TextContent, StringComparison.Ordinal);
        Assert.Equal("true", form.Find("#f-worker-f").GetAttribute("aria-required"));
    }

    [Fact]
    public void Menu_UseDefaultAndUndo()
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.Int64 }, new ConfigValue.Int64(5), new ConfigValue.Int64(7));
        var form = RenderForm(buffer);
        Menu(form, "Use default").Click();
        Assert.Equal("5", form.Find("#f-worker-f").GetAttribute("value"));
        Menu(form, "Undo my change").Click();
        Assert.Equal("7", form.Find("#f-worker-f").GetAttribute("value"));
    }

    [Fact]
    public void OtherValues_AreListedAndCarried()
    {
        var buffer = new FormBuffer(GalleryForms.States, FormKind.Worker, GalleryForms.StoredStates);
        var form = RenderForm(buffer);
        Assert.Contains("left_over", form.Find(".form-others").TextContent, StringComparison.Ordinal);
        Assert.Equal(new ConfigValue.Int64(1), buffer.Result()["left_over"]);
    }

    [Fact]
    public void StoredInAnotherKind_IsMarked()
    {
        var form = RenderForm(new FormBuffer(GalleryForms.States, FormKind.Worker, GalleryForms.StoredStates));
        Assert.Equal("ssd, hdd", form.Find("#f-worker-stored_as_list").GetAttribute("value"));
        Assert.Contains("stored as a list of texts", form.Find("#f-worker-stored_as_list-help").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyFields_CanBeSearched()
    {
        var form = RenderForm(new FormBuffer(GalleryForms.Types, FormKind.Worker, ConfigValues.Empty));
        form.Find(".form-index input").Input("duration_pl");
        Assert.Equal("duration_plain", Assert.Single(form.FindAll("[data-field]")).GetAttribute("data-field"));
    }

    [Fact]
    public async Task ClosedSection_CountsWhatIsInside_AndOpensForAnError()
    {
        var buffer = new FormBuffer(GalleryForms.States, FormKind.Worker, GalleryForms.StoredStates);
        var form = RenderForm(buffer);
        string? Expanded() => form.Find(".form-section-toggle").GetAttribute("aria-expanded");
        form.Find("#f-worker-too_large").Change("2");
        form.Find(".form-section-toggle").Click();
        Assert.Equal("false", Expanded());
        Assert.True(form.Find(".form-section-body").HasAttribute("hidden"));
        Assert.Contains("1 changed", form.Find(".form-section-head").TextContent, StringComparison.Ordinal);
        Assert.Contains("2 errors", form.Find(".form-section-head").TextContent, StringComparison.Ordinal);
        await form.InvokeAsync(() => buffer.FocusFirstErrorAsync().AsTask());
        Assert.Equal("true", Expanded());
    }

    [Fact]
    public void NamesOfAWorker_GiveIdsThatDiffer()
    {
        var fields = new[] { "a b", "a_b", "a\tb", "A_B", "\"><x" }.Select(name => new FieldSchema { Name = name, Type = FieldType.Text });
        var form = new FormSchema("", "", "", [new SectionSchema("s", "", "", [.. fields])], ConfigValues.Empty);
        var ids = RenderForm(new FormBuffer(form, FormKind.Worker, ConfigValues.Empty)).FindAll("input").Select(input => input.Id!).ToList();
        Assert.Equal(5, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_.-]+$", id));
    }

    [Fact]
    public void TextOfAWorker_IsEncoded()
    {
        var form = RenderForm(Buffer(new FieldSchema { Name = "f", Type = FieldType.Text, Label = "<b>x</b>", HelpText = "<script>alert(1)</script>" }));
        Assert.Empty(form.FindAll("b, script"));
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public void Gallery_ShowsInDevelopmentOnly(string environment, bool shown)
    {
        Services.AddSingleton<IHostEnvironment>(new FixedEnvironment(environment));
        var gallery = Render<FormGallery>();
        Assert.Equal(shown, gallery.FindComponents<ConfigForm>().Count == 4);
        if (!shown)
            return;
        gallery.FindAll("button").First(button => button.TextContent == "Check everything").Click();
        Assert.NotEmpty(gallery.FindAll(".form-errors"));
        Assert.DoesNotContain("battery", gallery.Markup, StringComparison.Ordinal);
        Assert.Equal(gallery.FindAll("[id]").Count, gallery.FindAll("[id]").Select(element => element.Id).Distinct().Count());
    }

    private static AngleSharp.Dom.IElement Menu(IRenderedComponent<ConfigForm> form, string text) =>
        form.FindAll(".field-menu button").Single(button => button.TextContent == text);

    private sealed class FixedEnvironment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "tests";

        public string ContentRootPath { get; set; } = "/";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}

using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Tests.Forms;

/// <summary>What a real worker described, drawn and given back without loss.</summary>
public sealed class RecordedDescriptorTests : FormContext
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Forms", "Fixtures");

    public static TheoryData<string, FormKind> Recorded
    {
        get
        {
            var data = new TheoryData<string, FormKind>();
            foreach (var file in Directory.GetFiles(Folder, "*-descriptor.json").Select(Path.GetFileName).Order())
            {
                data.Add(file!, FormKind.Admin);
                data.Add(file!, FormKind.Worker);
            }

            return data;
        }
    }

    [Fact]
    public void Recording_HasSevenJobTypes() => Assert.Equal(7, Directory.GetFiles(Folder, "*-descriptor.json").Length);

    [Theory]
    [MemberData(nameof(Recorded))]
    public void RecordedForm_Rendered_ShowsEverySectionAndField(string file, FormKind kind)
    {
        var buffer = Open(file, kind);
        var form = RenderForm(buffer);
        Assert.Equal(buffer.Form.Sections.Select(section => section.Title), form.FindAll(".form-section h3").Select(title => title.TextContent));
        var described = buffer.Form.Fields.ToList();
        Assert.Equal(described.Select(field => field.Name), form.FindAll("[data-field]").Select(field => field.GetAttribute("data-field")));
        foreach (var field in described)
        {
            var drawn = form.Find($"[data-field='{field.Name}']");
            Assert.StartsWith(field.Caption, drawn.QuerySelector(".field-label")!.TextContent.Trim(), StringComparison.Ordinal);
            Assert.Contains(field.HelpText.Length > 0 ? field.HelpText : field.Description, drawn.QuerySelector(".field-help")!.TextContent, StringComparison.Ordinal);
            Assert.NotNull(drawn.QuerySelector($"#{buffer[field.Name].Id}"));
            Assert.All(field.Options, option => Assert.Contains(option.Value, drawn.QuerySelectorAll("option, input").Select(choice => choice.GetAttribute("value"))));
            if (field.Placeholder.Length > 0 && drawn.QuerySelector("input[type=text], textarea") is { } box)
            {
                Assert.Equal(field.Placeholder, box.GetAttribute("placeholder"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task RecordedForm_Untouched_GivesTheSameValuesBack(string file, FormKind kind)
    {
        var buffer = Open(file, kind);
        var form = RenderForm(buffer);
        Assert.True(await form.InvokeAsync(buffer.ReviewAsync));
        Assert.False(buffer.IsDirty);
        Assert.Equal(ConfigValuesJson(buffer.Saved), ConfigValuesJson(buffer.Result()));
    }

    /// <summary>Every box left as a person leaves it who only looked: with the text it showed.</summary>
    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task RecordedForm_EveryBoxLeftWithItsText_ChangesNothing(string file, FormKind kind)
    {
        var buffer = Open(file, kind);
        var form = RenderForm(buffer);
        foreach (var id in buffer.Slots.Select(slot => slot.Id).ToList())
        {
            if (form.FindAll($"#{id}").SingleOrDefault() is not { } control)
            {
                continue;
            }

            if (control.LocalName == "textarea")
            {
                await TypeAsync(form, id, control.GetAttribute("value") ?? control.TextContent);
            }
            else if (control.GetAttribute("type") == "checkbox")
            {
                control.Change(control.HasAttribute("checked"));
            }
            else if (control.GetAttribute("type") == "text" && control.HasAttribute("value"))
            {
                control.Change(control.GetAttribute("value")!);
            }
        }

        Assert.False(buffer.IsDirty);
        Assert.True(await form.InvokeAsync(buffer.ReviewAsync));
        Assert.Equal(ConfigValuesJson(buffer.Saved), ConfigValuesJson(buffer.Result()));
    }

    private static string ConfigValuesJson(ConfigValues values) => PlainJson.Write(new ConfigValue.Map(values), indented: true);

    private static FormBuffer Open(string file, FormKind kind)
    {
        var descriptor = DescriptorJson.Parse(File.ReadAllText(Path.Combine(Folder, file)));
        return kind == FormKind.Admin
            ? new FormBuffer(FormDefaults.AdminForm(descriptor), kind, FormDefaults.Admin(descriptor))
            : new FormBuffer(FormDefaults.WorkerForm(descriptor), kind, FormDefaults.Worker(descriptor));
    }
}

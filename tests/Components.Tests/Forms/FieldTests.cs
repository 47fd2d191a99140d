using AngleSharp.Dom;
using BlazorPluginAdmin.Components.Fields;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Forms;

public sealed class FieldTests : FormContext
{
    public static TheoryData<string> GalleryFields => [.. GalleryForms.Types.Fields.Concat(GalleryForms.States.Fields).Select(each => each.Name)];

    public static TheoryData<FieldType, FieldWidget, string, ConfigValue> OneBox => new()
    {
        { FieldType.Int64, FieldWidget.Number, "9007199254740993", new ConfigValue.Int64(9_007_199_254_740_993) },
        { FieldType.Int64, FieldWidget.Text, "-1", new ConfigValue.Int64(-1) },
        { FieldType.Int64, FieldWidget.Unspecified, "5", new ConfigValue.Int64(5) },
        { FieldType.Double, FieldWidget.Number, "0.1", new ConfigValue.Double(0.1) },
        { FieldType.Double, FieldWidget.Unspecified, "3", new ConfigValue.Double(3) },
        { FieldType.Text, FieldWidget.Text, "x", new ConfigValue.Text("x") },
        { FieldType.Text, FieldWidget.Unspecified, " kept ", new ConfigValue.Text(" kept ") },
        { FieldType.Text, FieldWidget.Password, "pw", new ConfigValue.Text("pw") },
        { FieldType.Bytes, FieldWidget.Password, "pw", new ConfigValue.Bytes([.. "pw"u8]) },
        { FieldType.Duration, FieldWidget.Duration, "1h30m", new ConfigValue.Duration(5_400, 0) },
        { FieldType.Duration, FieldWidget.Unspecified, "90", new ConfigValue.Duration(90, 0) },
        { FieldType.Unspecified, FieldWidget.Unspecified, "text", new ConfigValue.Text("text") },
        { FieldType.Choice, FieldWidget.Unspecified, "free", new ConfigValue.Text("free") },
    };

    [Theory]
    [MemberData(nameof(GalleryFields))]
    public void GalleryField_Rendered_HasNameHelpAndControl(string name)
    {
        var buffer = name is "mode" or "appears" || GalleryForms.States.Fields.Any(field => field.Name == name)
            ? new FormBuffer(GalleryForms.States, FormKind.Worker, GalleryForms.StoredStates.With("mode", new ConfigValue.Text("two")))
            : new FormBuffer(GalleryForms.Types, FormKind.Worker, ConfigValues.Empty);
        var form = RenderForm(buffer);
        var slot = buffer[name];
        var field = form.Find($"[data-field={name}]");
        var control = field.QuerySelector($"#{slot.Id}");
        Assert.NotNull(control);
        Assert.Contains(slot.HelpId, field.QuerySelectorAll("[aria-describedby]").SelectMany(element => element.GetAttribute("aria-describedby")!.Split(' ')));
        Assert.NotNull(field.QuerySelector($"#{slot.HelpId}"));
        var label = field.QuerySelector($"label[for='{slot.Id}']") ?? field.QuerySelector("fieldset > legend");
        Assert.Contains(slot.Field.Caption, label!.TextContent, StringComparison.Ordinal);
        Assert.False(buffer.IsDirty);
    }

    [Theory]
    [MemberData(nameof(OneBox))]
    public void OneBox_Edited_StoresTheFieldsKind(FieldType type, FieldWidget widget, string text, ConfigValue expected)
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = type, Widget = widget });
        var form = RenderForm(buffer);
        form.Find("#f-worker-f").Change(text);
        Assert.Equal(expected, buffer.Result()["f"]);
        Assert.Contains("changed", form.Find("[data-field=f] .field-label").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Switch_Toggled_StoresABool()
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.Bool, Widget = FieldWidget.Toggle });
        var form = RenderForm(buffer);
        Assert.Equal("switch", form.Find("#f-worker-f").GetAttribute("role"));
        form.Find("#f-worker-f").Change(true);
        Assert.Equal(new ConfigValue.Bool(true), buffer.Result()["f"]);
        Assert.Contains("On", form.Find(".field-switch").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FieldType.Text, "a\nb <script>")]
    [InlineData(FieldType.Bytes, "a\nb")]
    public async Task TextArea_TextArrives_AsAStream(FieldType type, string text)
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = type, Widget = FieldWidget.TextArea });
        var form = RenderForm(buffer);
        await TypeAsync(form, "f-worker-f", text);
        ConfigValue expected = type == FieldType.Text ? new ConfigValue.Text(text) : new ConfigValue.Bytes([.. System.Text.Encoding.UTF8.GetBytes(text)]);
        Assert.Equal(expected, buffer.Result()["f"]);
    }

    [Fact]
    public async Task TextArea_TooLarge_KeepsTheOldValueAndSaysWhy()
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.Text, Widget = FieldWidget.TextArea }, saved: new ConfigValue.Text("old"));
        var form = RenderForm(buffer);
        await TypeAsync(form, "f-worker-f", new string('x', LargeText.MaxBytes + 1));
        Assert.Contains("at most 1 MiB", form.Find("#f-worker-f-error").TextContent, StringComparison.Ordinal);
        Assert.Equal(new ConfigValue.Text("old"), buffer.Result()["f"]);
    }

    [Fact]
    public async Task TextArea_TextWithCarriageReturns_KeepsThem()
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.Text, Widget = FieldWidget.TextArea }, saved: new ConfigValue.Text("a\r\nb"));
        var form = RenderForm(buffer);
        await TypeAsync(form, "f-worker-f", "a\nb\nc");
        Assert.Equal(new ConfigValue.Text("a\r\nb\r\nc"), buffer.Result()["f"]);
    }

    [Fact]
    public void TextArea_IsOfFixedWidth_UntilSwitched()
    {
        var form = RenderForm(Buffer(new FieldSchema { Name = "f", Type = FieldType.Text, Widget = FieldWidget.TextArea }, saved: new ConfigValue.Text("a\nb")));
        Assert.Equal(("true", true), Stand());
        form.Find("[aria-label='f: fixed width']").Click();
        Assert.Equal(("false", false), Stand());
        form.Find("[aria-label='f: fixed width']").Click();
        Assert.Equal(("true", true), Stand());

        (string? Pressed, bool IsMono) Stand() => (form.Find("[aria-label='f: fixed width']").GetAttribute("aria-pressed"), form.Find("#f-worker-f").ClassList.Contains("field-mono"));
    }

    [Fact]
    public void MultiLineValueOfAOneLineField_GetsATextArea()
    {
        var form = RenderForm(Buffer(new FieldSchema { Name = "f", Type = FieldType.Text, Widget = FieldWidget.Text }, saved: new ConfigValue.Text("a\nb")));
        Assert.Equal("TEXTAREA", form.Find("#f-worker-f").TagName);
    }

    [Fact]
    public void Number_WithBounds_StepsInsideThem()
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.Int64, Min = new ConfigValue.Int64(0), Max = new ConfigValue.Int64(1) }, new ConfigValue.Int64(0));
        var form = RenderForm(buffer);
        Assert.True(form.Find("[aria-label='f: one less']").HasAttribute("disabled"));
        form.Find("[aria-label='f: one more']").Click();
        Assert.Equal(new ConfigValue.Int64(1), buffer.Result()["f"]);
        Assert.True(form.Find("[aria-label='f: one more']").HasAttribute("disabled"));
    }

    [Fact]
    public void Duration_Typed_IsEchoed()
    {
        var form = RenderForm(Buffer(new FieldSchema { Name = "f", Type = FieldType.Duration }));
        form.Find("#f-worker-f").Change("90m");
        Assert.Equal("= 1 h 30 min", form.Find("#f-worker-f-echo").TextContent);
    }

    [Fact]
    public void Select_ShowsDisabledAndStaleOptions()
    {
        var field = GalleryForms.Types.Fields.Single(field => field.Name == "enum_select");
        var form = RenderForm(Buffer(field, saved: new ConfigValue.Text("gone")));
        var options = form.FindAll("option");
        Assert.Contains(options, option => option.TextContent.Contains("no longer offered", StringComparison.Ordinal));
        Assert.Contains(options, option => option.HasAttribute("disabled") && option.TextContent.Contains("not installed", StringComparison.Ordinal));
        Assert.Contains(options, option => option.GetAttribute("value") == "");
    }

    [Fact]
    public void FewOptions_AreRadios_AndPickingOneStoresText()
    {
        var field = GalleryForms.Types.Fields.Single(field => field.Name == "enum_radio") with { Required = true };
        var buffer = Buffer(field, new ConfigValue.Text("one"));
        var form = RenderForm(buffer);
        Assert.Equal(3, form.FindAll("input[type=radio]").Count);
        form.Find("input[value=two]").Change("two");
        Assert.Equal(new ConfigValue.Text("two"), buffer.Result()[field.Name]);
    }

    [Fact]
    public void MultiSelect_ChecksFiltersAndKeepsTheOptionsOrder()
    {
        var field = GalleryForms.Types.Fields.Single(field => field.Name == "list_multi");
        var buffer = Buffer(field, saved: new ConfigValue.TextList(["two", "stale"]));
        var form = RenderForm(buffer);
        form.Find("input[value=one]").Change(true);
        Assert.Equal(new ConfigValue.TextList(["one", "two", "stale"]), buffer.Result()[field.Name]);
        form.Find("input[type=search]").Input("fourt");
        Assert.Equal("fourteen", Assert.Single(form.FindAll("input[type=checkbox]")).GetAttribute("value"));
        form.Find("[aria-label$='choose none']").Click();
        Assert.Equal(new ConfigValue.TextList([]), buffer.Result()[field.Name]);
    }

    [Fact]
    public void Secret_Stored_SaysSinceWhenAndByWhom_WhereThatIsKnown()
    {
        Services.AddSingleton(new CircuitClock(TimeProvider.System));
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.Text, Sensitive = true }, saved: new ConfigValue.Text("hunter2"));
        Assert.Equal("Set", RenderForm(buffer).Find(".field-secret").TextContent.Trim());
        buffer.SecretOrigins = new Dictionary<string, SecretOrigin> { ["f"] = new(TimeProvider.System.GetUtcNow().AddHours(-3), "an operator") };
        var form = RenderForm(buffer);
        Assert.Equal("Set 3 h ago by an operator", form.Find(".field-secret").TextContent);
        form.Find("[aria-label='Clear f']").Click();
        Assert.Equal("Will be cleared", form.Find(".field-secret").TextContent.Trim());
    }

    [Fact]
    public void Secret_Stored_IsNeverInTheMarkup()
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.Text, Sensitive = true, Rules = [new FieldRule(FieldRuleType.MaxLength, "3", "")] }, saved: new ConfigValue.Text("hunter2"));
        var form = RenderForm(buffer);
        Assert.Contains("Set", form.Find(".field-secret").TextContent, StringComparison.Ordinal);
        form.Find("[aria-label='Replace f']").Click();
        Assert.Equal("password", form.Find("#f-worker-f").GetAttribute("type"));
        form.Find("#f-worker-f").Change("correct horse");
        Assert.Contains("Will be replaced", form.Markup, StringComparison.Ordinal);
        Assert.NotEmpty(form.FindAll(".field-error"));
        Assert.DoesNotContain("hunter2", form.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", form.Markup, StringComparison.Ordinal);
        form.FindAll("button").Single(button => button.TextContent == "Keep the stored value").Click();
        form.Find("[aria-label='Clear f']").Click();
        Assert.False(buffer.Result().ContainsKey("f"));
    }

    [Fact]
    public void Bytes_SwitchOfFormat_ChangesNothing()
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.Bytes }, saved: new ConfigValue.Bytes([.. "abc"u8]));
        var form = RenderForm(buffer);
        Assert.Equal("abc", form.Find("#f-worker-f").GetAttribute("value"));
        form.FindAll("button").Single(button => button.TextContent == "Hex").Click();
        Assert.Equal("616263", form.Find("#f-worker-f").GetAttribute("value"));
        Assert.Contains("3 bytes, SHA-256 ba7816bf8f01", form.Markup, StringComparison.Ordinal);
        Assert.False(buffer.IsDirty);
    }

    [Fact]
    public void Bytes_FromAFile_AreTakenUpToTheLimit()
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.Bytes });
        var form = RenderForm(buffer);
        form.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromBinary([0, 255], "a.bin"));
        Assert.Equal(new ConfigValue.Bytes([0, 255]), buffer.Result()["f"]);
        form.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromBinary(new byte[LargeText.MaxBytes + 1], "big.bin"));
        Assert.Contains("big.bin", form.Find("#f-worker-f-error").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadOnly_ShowsTheValueWithoutControls()
    {
        var buffer = Buffer(new FieldSchema { Name = "f", Type = FieldType.List, ReadOnly = true }, saved: new ConfigValue.TextList(["bash 5.2"]));
        var form = RenderForm(buffer);
        Assert.Equal("bash 5.2", form.Find("output").TextContent);
        Assert.Empty(form.FindAll("[data-field] :is(input, textarea, select, button:not(.copy))"));
        Assert.Equal("bash 5.2", form.FindComponent<Components.Shared.CopyButton>().Instance.Text);
        Assert.Equal(new ConfigValue.TextList(["bash 5.2"]), buffer.Result()["f"]);
    }
}

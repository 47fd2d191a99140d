using BlazorPluginAdmin.Components.Fields;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.AspNetCore.Components.Web;

namespace BlazorPluginAdmin.Components.Tests.Forms;

public sealed class CollectionFieldTests : FormContext
{
    private const string Add = "f-worker-f";

    [Fact]
    public async Task List_LinesOfTheAddBox_BecomeRows()
    {
        var buffer = List(new ConfigValue.TextList(["a"]));
        var form = RenderForm(buffer);
        await TypeAsync(form, Add, "b");
        await TypeAsync(form, Add, "c\r\nd\n\n");
        Assert.Equal(Texts("a", "b", "c", "d"), buffer.Result()["f"]);
        Assert.Equal(4, form.FindAll("ol input").Count);
    }

    [Fact]
    public void List_RowButtons_MoveDuplicateRemoveAndUndo()
    {
        var buffer = List(new ConfigValue.TextList(["a", "b"]));
        var form = RenderForm(buffer);
        form.Find("[aria-label='f, item 1: down']").Click();
        Assert.Equal(Texts("b", "a"), buffer.Result()["f"]);
        form.Find("[aria-label='f, item 1: copy to a new item']").Click();
        Assert.Equal(Texts("b", "b", "a"), buffer.Result()["f"]);
        form.Find("[aria-label='f, item 3: remove']").Click();
        Assert.Equal(Texts("b", "b"), buffer.Result()["f"]);
        form.FindAll("button").Single(button => button.TextContent == "Undo remove").Click();
        Assert.Equal(Texts("b", "b", "a"), buffer.Result()["f"]);
        form.Find("[aria-label='f, item 3']").KeyDown(new KeyboardEventArgs { Key = "ArrowUp", AltKey = true });
        Assert.Equal(Texts("b", "a", "b"), buffer.Result()["f"]);
    }

    [Fact]
    public async Task List_AsText_IsOneItemPerLine()
    {
        var buffer = List(new ConfigValue.Int64List([1, 9_007_199_254_740_993]));
        var form = RenderForm(buffer);
        form.Find("[aria-label$='one item per line']").Click();
        Assert.Equal("1\n9007199254740993", form.Find("#f-worker-f-bulk").GetAttribute("value"));
        Assert.False(buffer.IsDirty);
        await TypeAsync(form, "f-worker-f-bulk", "9007199254740993\n2");
        Assert.Equal(new ConfigValue.Int64List([9_007_199_254_740_993, 2]), buffer.Result()["f"]);
    }

    [Fact]
    public async Task List_WrongItem_IsMarkedAtTheItem()
    {
        var buffer = List(new ConfigValue.TextList(["ok"]), new FieldRule(FieldRuleType.Regex, @"[^\s]+", "No blanks."));
        var form = RenderForm(buffer);
        await TypeAsync(form, Add, "not ok");
        var item = form.Find("[aria-label='f, item 2']");
        Assert.Equal("true", item.GetAttribute("aria-invalid"));
        Assert.Equal("No blanks.", form.Find($"#{item.GetAttribute("aria-describedby")}").TextContent);
        Assert.Null(form.Find("[aria-label='f, item 1']").GetAttribute("aria-invalid"));
        Assert.Contains("1 error", form.Find(".form-section-head").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ItemOfTheWrongKind_KeepsItsTextAndBlocksSaving()
    {
        var buffer = List(new ConfigValue.Int64List([1]));
        var form = RenderForm(buffer);
        form.Find("[aria-label='f, item 1']").Change("1.5");
        Assert.Equal("1.5", form.Find("[aria-label='f, item 1']").GetAttribute("value"));
        Assert.False(await form.InvokeAsync(buffer.ReviewAsync));
        form.Find("[aria-label='f, item 1']").Change("2");
        Assert.True(await form.InvokeAsync(buffer.ReviewAsync));
        Assert.Equal(new ConfigValue.Int64List([2]), buffer.Result()["f"]);
    }

    [Fact]
    public void LongOrMultiLineItems_AreStreamedNotSentInEvents()
    {
        var text = new string('x', FieldControl.LineLength + 1);
        var list = RenderForm(List(new ConfigValue.TextList(["short", "two\nlines", text])));
        Assert.Equal(2, list.FindComponents<LargeText>().Count);
        var map = RenderForm(Object(ConfigValues.Empty.With("long", new ConfigValue.Text(text)).With("short", new ConfigValue.Text("x"))));
        Assert.Single(map.FindComponents<LargeText>());
    }

    [Fact]
    public void Object_Rows_EditKeyKindAndValue()
    {
        var buffer = Object(ConfigValues.Empty.With("a", new ConfigValue.Text("1")));
        var form = RenderForm(buffer);
        form.Find("[aria-label='f, a: kind']").Change("Int64");
        form.Find("[aria-label='f, a: value']").Change("9007199254740993");
        form.Find("[aria-label='Add key to f']").Click();
        Assert.Single(((ConfigValue.Map)buffer.Result()["f"]).Fields);
        form.Find("[aria-label='f, new key: key']").Change("b");
        Assert.Equal(
            new ConfigValue.Map(ConfigValues.Empty.With("a", new ConfigValue.Int64(9_007_199_254_740_993)).With("b", new ConfigValue.Text(""))), buffer.Result()["f"]);
        form.Find("[aria-label='f, b: remove']").Click();
        Assert.Equal(["a"], ((ConfigValue.Map)buffer.Result()["f"]).Fields.Keys);
    }

    [Fact]
    public void Object_RemovedKey_ComesBackWhereItWas()
    {
        var whole = ConfigValues.Empty.With("a", new ConfigValue.Map(ConfigValues.Empty.With("inner", new ConfigValue.Int64(1)))).With("b", new ConfigValue.Int64(2));
        var buffer = Object(whole);
        var form = RenderForm(buffer);
        Assert.Empty(form.FindAll("[aria-label='f: undo remove']"));
        form.Find("[aria-label='f, a: remove']").Click();
        Assert.Equal(["b"], ((ConfigValue.Map)buffer.Result()["f"]).Fields.Keys);
        form.Find("[aria-label='f: undo remove']").Click();
        Assert.Equal(new ConfigValue.Map(whole), buffer.Result()["f"]);
        Assert.Equal(["a", "inner", "b"], form.FindAll(".field-key").Select(key => key.GetAttribute("value")));
        Assert.Empty(form.FindAll("[aria-label='f: undo remove']"));
        form.Find("[aria-label='f, a, inner: remove']").Click();
        form.Find("[aria-label='f, a: undo remove']").Click();
        Assert.Equal(new ConfigValue.Map(whole), buffer.Result()["f"]);
    }

    [Fact]
    public async Task Object_DuplicateKey_IsRefusedAtTheKey()
    {
        var buffer = Object(ConfigValues.Empty.With("a", new ConfigValue.Int64(1)).With("b", new ConfigValue.Int64(2)));
        var form = RenderForm(buffer);
        form.Find("[aria-label='f, b: key']").Change("a");
        Assert.Contains("twice", form.Find("ul .field-error").TextContent, StringComparison.Ordinal);
        Assert.False(await form.InvokeAsync(buffer.ReviewAsync));
    }

    [Fact]
    public void Object_Nested_EditsInside()
    {
        var buffer = Object(ConfigValues.Empty.With("outer", new ConfigValue.Map(ConfigValues.Empty.With("inner", new ConfigValue.Int64(1)))));
        var form = RenderForm(buffer);
        form.Find("[aria-label='f, outer, inner: value']").Change("2");
        Assert.Equal(
            new ConfigValue.Map(ConfigValues.Empty.With("outer", new ConfigValue.Map(ConfigValues.Empty.With("inner", new ConfigValue.Int64(2))))), buffer.Result()["f"]);
    }

    [Fact]
    public async Task Object_AsJson_TellsLineAndColumnAndNeverChangesByItself()
    {
        var map = ConfigValues.Empty.With("n", new ConfigValue.Int64(9_007_199_254_740_993)).With("d", new ConfigValue.Double(1)).With("e", new ConfigValue.TextList([]));
        var buffer = Object(map);
        var form = RenderForm(buffer);
        Click(form, "JSON");
        var text = form.Find("#f-worker-f-json").GetAttribute("value")!;
        await TypeAsync(form, "f-worker-f-json", text);
        Assert.Equal(new ConfigValue.Map(map), buffer.Result()["f"]);
        Assert.False(buffer.IsDirty);
        await TypeAsync(form, "f-worker-f-json", "{\n  \"n\" 1\n}");
        Assert.Contains("line 2, column 7", form.Find("#f-worker-f-error").TextContent, StringComparison.Ordinal);
        Click(form, "Keys");
        Assert.NotNull(form.Find("#f-worker-f-json"));
        await TypeAsync(form, "f-worker-f-json", "{\"n\": 2}");
        Click(form, "Keys");
        Assert.Equal("2", form.Find("[aria-label='f, n: value']").GetAttribute("value"));
    }

    private static void Click(IRenderedComponent<ConfigForm> form, string text) =>
        form.FindAll("button").Single(button => button.TextContent == text).Click();

    private static FormBuffer List(ConfigValue value, params FieldRule[] rules) =>
        Buffer(new FieldSchema { Name = "f", Type = FieldType.List, Rules = [.. rules] }, value);

    private static FormBuffer Object(ConfigValues fields) =>
        Buffer(new FieldSchema { Name = "f", Type = FieldType.Map, Widget = FieldWidget.TextArea }, new ConfigValue.Map(fields));

    private static ConfigValue.TextList Texts(params string[] values) => new([.. values]);
}

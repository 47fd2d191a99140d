using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class FieldVisibilityTests
{
    public static TheoryData<FieldType, ConfigValue?, ConfigValue?, bool> Pairs => new()
    {
        { FieldType.Text, new ConfigValue.Text("a"), new ConfigValue.Text("a"), true },
        { FieldType.Text, new ConfigValue.Text("a"), new ConfigValue.Text("b"), false },
        { FieldType.Int64, new ConfigValue.Int64(1), new ConfigValue.Text("1"), true },
        { FieldType.Bool, null, new ConfigValue.Bool(false), true },
        { FieldType.Bool, new ConfigValue.Bool(true), new ConfigValue.Text("true"), true },
        { FieldType.List, new ConfigValue.TextList(["a", "b"]), new ConfigValue.Text("b"), true },
        { FieldType.List, new ConfigValue.TextList(["ab"]), new ConfigValue.Text("b"), false },
        { FieldType.Int64, new ConfigValue.Int64(9_007_199_254_740_993), new ConfigValue.Int64(9_007_199_254_740_992), false },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Dependant_ShowsWhenTheControllerEquals(FieldType type, ConfigValue? value, ConfigValue? wanted, bool visible)
    {
        var controller = new FieldSchema { Name = "c", Type = type };
        var dependant = Depends("d", "c") with { VisibleWhenEquals = wanted };
        var values = value is null ? ConfigValues.Empty : ConfigValues.Empty.With("c", value);
        Assert.Equal(visible, FieldVisibility.Of(Form(controller, dependant), values).IsVisible(dependant));
    }

    [Fact]
    public void HiddenController_HidesItsDependants()
    {
        var top = new FieldSchema { Name = "top", Type = FieldType.Text };
        var middle = Depends("middle", "top");
        var leaf = Depends("leaf", "middle");
        var form = Form(top, middle, leaf);
        var values = ConfigValues.Empty.With("middle", new ConfigValue.Text("on"));
        Assert.False(FieldVisibility.Of(form, values).IsVisible(leaf));
        Assert.True(FieldVisibility.Of(form, values.With("top", new ConfigValue.Text("on"))).IsVisible(leaf));
    }

    [Fact]
    public void Cycle_ShowsAllAndIsReported()
    {
        var form = Form(Depends("a", "b"), Depends("b", "c"), Depends("c", "a"), Depends("outside", "a"), Depends("lost", "nowhere"));
        var visibility = FieldVisibility.Of(form, ConfigValues.Empty);
        Assert.Equal(["a", "b", "c", "lost"], form.Fields.Where(visibility.IsVisible).Select(field => field.Name));
        Assert.Equal(["a", "b", "c", "lost"], DescriptorFindings.Of(form, FormKind.Admin).Where(finding => finding.Code == "visibility").Select(finding => finding.Field));
    }

    private static FieldSchema Depends(string name, string on) => new()
    {
        Name = name,
        Type = FieldType.Text,
        VisibleWhenField = on,
        VisibleWhenEquals = new ConfigValue.Text("on"),
    };

    private static FormSchema Form(params FieldSchema[] fields) =>
        new("", "", "", [new SectionSchema("s", "", "", [.. fields])], ConfigValues.Empty);
}

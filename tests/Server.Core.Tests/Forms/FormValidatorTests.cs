using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class FormValidatorTests
{
    public static TheoryData<FieldSchema, ConfigValue, string, string> Wrong => new()
    {
        { Field(FieldType.Text) with { Required = true }, Text("  "), "f", "required" },
        { Field(FieldType.List) with { Required = true }, new ConfigValue.TextList([]), "f", "required" },
        { Field(FieldType.Int64) with { Max = Int(5) }, Int(6), "f", "max" },
        { Field(FieldType.Int64) with { Min = Int(9_007_199_254_740_993) }, Int(9_007_199_254_740_992), "f", "min" },
        { Field(FieldType.Int64) with { Max = new ConfigValue.Double(0.5) }, Int(1), "f", "max" },
        { Field(FieldType.Double) with { Max = new ConfigValue.Double(1) }, new ConfigValue.Double(1.4), "f", "max" },
        { Field(FieldType.Double) with { Min = Int(1) }, new ConfigValue.Double(0.9), "f", "min" },
        { Field(FieldType.Double), new ConfigValue.Double(double.NaN), "f", "kind" },
        { Field(FieldType.Duration) with { Max = new ConfigValue.Duration(300, 0) }, new ConfigValue.Duration(300, 1), "f", "max" },
        { Field(FieldType.Duration) with { Max = Int(300) }, new ConfigValue.Duration(301, 0), "f", "max" },
        { Field(FieldType.Int64), Text("many"), "f", "kind" },
        { Field(FieldType.Int64), new ConfigValue.Double(1.5), "f", "kind" },
        { Field(FieldType.Map), Text("x"), "f", "kind" },
        { Rule(FieldType.Text, FieldRuleType.MinLength, "2"), Text("😀"), "f", "min_length" },
        { Rule(FieldType.Text, FieldRuleType.MaxLength, "1"), Text("ab"), "f", "max_length" },
        { Rule(FieldType.Bytes, FieldRuleType.MinLength, "16"), new ConfigValue.Bytes([1]), "f", "min_length" },
        { Rule(FieldType.Text, FieldRuleType.Regex, "a|ab"), Text("abc"), "f", "regex" },
        { Rule(FieldType.Text, FieldRuleType.Regex, "delete"), Text("delete\n"), "f", "regex" },
        { Rule(FieldType.Text, FieldRuleType.Regex, "(a+)+b"), Text(new string('a', 40)), "f", "regex" },
        { Rule(FieldType.List, FieldRuleType.Regex, @"[^\s]+"), new ConfigValue.TextList(["a", "b", "c d"]), "f[2]", "regex" },
        { Rule(FieldType.List, FieldRuleType.MinItems, "1"), new ConfigValue.TextList([]), "f", "min_items" },
        { Rule(FieldType.List, FieldRuleType.MaxItems, "1"), new ConfigValue.TextList(["a", "b"]), "f", "max_items" },
        { Rule(FieldType.Map, FieldRuleType.MaxItems, "0"), Map("k", Int(1)), "f", "max_items" },
        { Field(FieldType.Choice) with { Options = [Option("a"), Option("b", true)] }, Text("c"), "f", "option" },
        { Field(FieldType.Choice) with { Options = [Option("a"), Option("b", true)] }, Text("b"), "f", "option" },
        { Field(FieldType.List) with { Widget = FieldWidget.MultiSelect, Options = [Option("a")] }, new ConfigValue.TextList(["a", "z"]), "f[1]", "option" },
        { Rule(FieldType.Text, FieldRuleType.Custom, "absolute_path"), Text("data"), "f", "custom" },
        { Rule(FieldType.List, FieldRuleType.Custom, "cidr"), new ConfigValue.TextList(["10.0.0.0/8", "10.0.0.1/8"]), "f[1]", "custom" },
        { Rule(FieldType.Map, FieldRuleType.Custom, "env_names"), Map("1a", Text("x")), "f.1a", "custom" },
        { Rule(FieldType.Map, FieldRuleType.Custom, "env_names"), Map("JOB_ID", Text("x")), "f.JOB_ID", "custom" },
        { Rule(FieldType.Map, FieldRuleType.Custom, "env_names"), Map("A", Map("b", Int(1))), "f.A", "custom" },
        { Rule(FieldType.Map, FieldRuleType.Custom, "header_map"), Map("X-A", Text("a\r\nB: c")), "f.X-A", "custom" },
        { Rule(FieldType.Text, FieldRuleType.Custom, "http_url"), Text("ftp://host/"), "f", "custom" },
        { Rule(FieldType.List, FieldRuleType.Custom, "glob"), new ConfigValue.TextList(["**/*", "[a"]), "f[1]", "custom" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Value_AgainstARule_IsAnErrorAtItsPath(FieldSchema field, ConfigValue value, string path, string code)
    {
        var error = Assert.Single(Check(Form(field), ("f", value)).Errors);
        Assert.Equal((path, code, "f"), (error.Path, error.Code, error.Field));
    }

    [Fact]
    public void Check_ManyMistakes_ReportsAllAtOnce()
    {
        var form = Form(
            Field(FieldType.Text) with { Name = "a", Required = true },
            Field(FieldType.Int64) with { Name = "b", Max = Int(1) },
            Rule(FieldType.List, FieldRuleType.Regex, "x") with { Name = "c" });
        var verdict = Check(form, ("b", Int(2)), ("c", new ConfigValue.TextList(["x", "y", "z"])));
        Assert.Equal(["a", "b", "c[1]", "c[2]"], verdict.Errors.Select(error => error.Path));
    }

    [Fact]
    public void Message_OfABound_NamesValueAndBound() =>
        Assert.Equal("1.4 is above 1", Assert.Single(Check(Form(Field(FieldType.Double) with { Max = new ConfigValue.Double(1) }), ("f", new ConfigValue.Double(1.4))).Errors).Message);

    [Fact]
    public void Message_OfTheAuthor_ComesFirst()
    {
        var field = Field(FieldType.Text) with { Rules = [new FieldRule(FieldRuleType.Regex, "a", "Only a, please.")] };
        Assert.Equal("Only a, please.", Assert.Single(Check(Form(field), ("f", Text("b"))).Errors).Message);
    }

    [Theory]
    [InlineData(FieldRuleType.Regex, "never")]
    [InlineData(FieldRuleType.Custom, "http_url")]
    [InlineData(FieldRuleType.MaxLength, "3")]
    public void Message_AboutASecret_NeverHoldsItsValue(FieldRuleType type, string expression)
    {
        var field = Rule(FieldType.Text, type, expression) with { Sensitive = true };
        Assert.DoesNotContain("hunter2", Assert.Single(Check(Form(field), ("f", Text("hunter2"))).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyOptionalText_IsNotCheckedFurther()
    {
        var field = Rule(FieldType.Text, FieldRuleType.Custom, "absolute_path");
        Assert.Empty(Check(Form(field), ("f", Text(""))).Errors);
    }

    [Theory]
    [InlineData(FieldRuleType.Regex, "(")]
    [InlineData(FieldRuleType.Regex, "a)(b")]
    [InlineData(FieldRuleType.Custom, "unheard_of")]
    [InlineData(FieldRuleType.MinLength, "many")]
    [InlineData(FieldRuleType.MaxItems, "1")]
    public void BrokenRule_IsOffAndReported(FieldRuleType type, string expression)
    {
        var form = Form(Rule(FieldType.Text, type, expression));
        Assert.Empty(Check(form, ("f", Text("x"))).Errors);
        Assert.Single(DescriptorFindings.Of(form, FormKind.Worker));
    }

    [Fact]
    public void ContradictingBounds_AreOffAndReported()
    {
        var form = Form(
            Field(FieldType.Int64) with { Min = Int(5), Max = Int(1) },
            Field(FieldType.Text) with
            {
                Name = "g",
                Rules = [new FieldRule(FieldRuleType.MinLength, "5", ""), new FieldRule(FieldRuleType.MaxLength, "1", "")],
            });
        Assert.Empty(Check(form, ("f", Int(3)), ("g", Text("abc"))).Errors);
        Assert.Equal(["f", "g"], DescriptorFindings.Of(form, FormKind.Admin).Select(finding => finding.Field));
    }

    /// <summary>What a newer worker means and this admin does not know is shown as well as it goes, and said.</summary>
    [Fact]
    public void UnknownTypeWidgetAndRule_AreReported()
    {
        var form = Form(
            Field(FieldType.Text) with { Widget = (FieldWidget)99 },
            Field((FieldType)77) with { Name = "g", Widget = (FieldWidget)98 },
            Field(FieldType.Map) with { Name = "h", Widget = (FieldWidget)97, Rules = [new FieldRule((FieldRuleType)55, "x", "")] });
        Assert.Equal(
            ["f widget: the widget 99 is not known here; the type decides", "g widget: the widget 98 is not known here; the type decides", "g type: the type 77 is not known here; the kind of the default decides, else it is text", "h widget: the widget 97 is not known here; the type decides", "h rule: a rule of an unknown type is not enforced"],
            DescriptorFindings.Of(form, FormKind.Worker).Select(finding => $"{finding.Field} {finding.Code}: {finding.Message}"));
    }

    [Fact]
    public void DuplicateName_FirstFieldCounts()
    {
        var form = Form(Field(FieldType.Text), Field(FieldType.Int64));
        Assert.Empty(Check(form, ("f", Text("x"))).Errors);
        Assert.Equal("duplicate", Assert.Single(DescriptorFindings.Of(form, FormKind.Admin)).Code);
    }

    [Fact]
    public void HiddenField_IsNeitherCheckedNorAccepted()
    {
        var form = Form(
            Field(FieldType.Text) with { Name = "mode" },
            Field(FieldType.Int64) with { Max = Int(1), VisibleWhenField = "mode", VisibleWhenEquals = Text("gzip") });
        var hidden = Check(form, ("mode", Text("move")), ("f", Int(9)));
        Assert.Empty(hidden.Errors);
        Assert.Equal("f", Assert.Single(hidden.Hidden));
        Assert.False(hidden.Accepted.ContainsKey("f"));
        Assert.Single(Check(form, ("mode", Text("gzip")), ("f", Int(9))).Errors);
    }

    [Fact]
    public void ValueOfAnotherKind_ThatFits_IsNormalised()
    {
        var form = Form(Field(FieldType.Text), Field(FieldType.Int64) with { Name = "g" });
        var verdict = Check(form, ("f", new ConfigValue.TextList(["ssd", "hdd"])), ("g", new ConfigValue.Double(3)), ("other", Int(1)));
        Assert.True(verdict.IsValid);
        Assert.Equal(Text("ssd, hdd"), verdict.Accepted["f"]);
        Assert.Equal(Int(3), verdict.Accepted["g"]);
        Assert.Equal(Int(1), verdict.Accepted["other"]);
    }

    [Theory]
    [InlineData(FormPart.Config, "plain")]
    [InlineData(FormPart.Submission, "sent")]
    [InlineData(FormPart.All, "plain,sent")]
    public void Part_DecidesWhichSectionsAreChecked(FormPart part, string expected)
    {
        var form = new FormSchema("", "", "",
        [
            new SectionSchema("scope", "", "", [Field(FieldType.Text) with { Name = "plain", Required = true }]),
            new SectionSchema("job.result", "", "", [Field(FieldType.Text) with { Name = "sent", Required = true }]),
        ], ConfigValues.Empty);
        Assert.Equal(expected.Split(','), FormValidator.Check(form, FormKind.Worker, ConfigValues.Empty, part).Errors.Select(error => error.Path));
    }

    [Fact]
    public void DeepValue_IsRefusedNotFollowed()
    {
        var value = Enumerable.Range(0, 2_000).Aggregate((ConfigValue)Int(1), (inner, _) => new ConfigValue.List([inner]));
        Assert.Equal("nesting", Assert.Single(Check(Form(Field(FieldType.Map)), ("f", Map("k", value))).Errors).Code);
    }

    private static FormVerdict Check(FormSchema form, params (string Name, ConfigValue Value)[] values) =>
        FormValidator.Check(form, FormKind.Worker, ConfigValues.From(values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))));

    private static FormSchema Form(params ImmutableArray<FieldSchema> fields) =>
        new("", "", "", [new SectionSchema("s", "", "", fields)], ConfigValues.Empty);

    private static FieldSchema Field(FieldType type) => new() { Name = "f", Type = type };

    private static FieldSchema Rule(FieldType type, FieldRuleType rule, string expression) =>
        Field(type) with { Rules = [new FieldRule(rule, expression, "")] };

    private static FieldOption Option(string value, bool disabled = false) => new(value, "", "", disabled);

    private static ConfigValue.Text Text(string value) => new(value);

    private static ConfigValue.Int64 Int(long value) => new(value);

    private static ConfigValue.Map Map(string key, ConfigValue value) => new(ConfigValues.Empty.With(key, value));
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Configs;

public sealed class ConfigDiffTests
{
    private static readonly FormSchema Form = new("f", "F", "",
    [
        new SectionSchema("s", "Where", "",
        [
            new FieldSchema { Name = "days", Label = "Days", Type = FieldType.Int64 },
            new FieldSchema { Name = "roots", Type = FieldType.List },
            new FieldSchema { Name = "token", Type = FieldType.Text, Sensitive = true },
            new FieldSchema { Name = "more", Type = FieldType.Text, VisibleWhenField = "days", VisibleWhenEquals = new ConfigValue.Int64(7) },
        ]),
        new SectionSchema("job", "Job", "", [new FieldSchema { Name = "asked", Type = FieldType.Text }]),
    ], ConfigValues.Empty.With("days", new ConfigValue.Int64(7)));

    [Fact]
    public void DefaultWrittenDown_AndOtherKindOfTheSameValue_AreNoChange()
    {
        Assert.Empty(Between(Values(("days", new ConfigValue.Int64(7))), ConfigValues.Empty));
        Assert.Empty(Between(Values(("days", new ConfigValue.Text("9"))), Values(("days", new ConfigValue.Int64(9)))));
    }

    /// <summary>It is what submissions have from then on that say nothing.</summary>
    [Fact]
    public void ValueOfTheSubmitForm_IsAChange() => Assert.Equal("asked", Assert.Single(Between(ConfigValues.Empty, Values(("asked", new ConfigValue.Text("x"))))).Name);

    [Fact]
    public void Change_NamesFieldSectionAndDefault_AndWhatItHides()
    {
        var changes = Between(Values(("more", new ConfigValue.Text("m"))), Values(("days", new ConfigValue.Int64(9_007_199_254_740_993))));
        Assert.Equal([("days", "7", "9007199254740993", "7", ""), ("more", "m", "not set", "not set", "removed: hidden")], changes.Select(change => (change.Name, change.BeforeText, change.AfterText, change.DefaultText, change.Note)));
        Assert.Equal(("worker", "Days", "Where"), (changes[0].Form, changes[0].Label, changes[0].Section));
    }

    [Fact]
    public void Secret_IsReplacedSetOrCleared_AndNeverTold()
    {
        var (one, two) = (Values(("token", new ConfigValue.Text("hunter2"))), Values(("token", new ConfigValue.Text("swordfish"))));
        ConfigChange[] changes = [Assert.Single(Between(one, two)), Assert.Single(Between(ConfigValues.Empty, two)), Assert.Single(Between(one, ConfigValues.Empty))];
        Assert.Equal(["set → replaced", "not set → set", "set → cleared"], changes.Select(change => $"{change.BeforeText} → {change.AfterText}"));
        Assert.All(changes, change => Assert.Empty(change.Parts));
    }

    [Fact]
    public void ValueWithoutAField_IsSaidToBeNone()
    {
        Assert.Equal(("left", "not in the form"), Between(Values(("left", new ConfigValue.Int64(1))), ConfigValues.Empty) is [var change] ? (change.Name, change.Note) : default);
    }

    [Fact]
    public void List_KeepsWhatIsCommon_AndCountsFromOne()
    {
        var parts = ValueDiff.Parts(new ConfigValue.TextList(["a", "b", "c", "d"]), new ConfigValue.TextList(["a", "c", "x", "d"]));
        Assert.Equal([(ChangePartKind.Removed, "2", "b", ""), (ChangePartKind.Added, "3", "", "x")], parts.Select(part => (part.Kind, part.Place, part.Before, part.After)));
    }

    [Fact]
    public void HugeLists_AreComparedInBoundedTimeAndParts()
    {
        ImmutableArray<string> Many(string prefix) => [.. Enumerable.Range(0, 20_000).Select(n => $"{prefix}{n}")];
        Assert.Equal(ValueDiff.MostParts, ValueDiff.Parts(new ConfigValue.TextList(Many("a")), new ConfigValue.TextList(Many("b"))).Length);
    }

    [Fact]
    public void Object_IsComparedByPath()
    {
        var before = new ConfigValue.Map(Values(("keep", new ConfigValue.Int64(1)), ("in", new ConfigValue.Map(Values(("x", new ConfigValue.Int64(1)), ("y", new ConfigValue.Int64(2)))))));
        var after = new ConfigValue.Map(Values(("keep", new ConfigValue.Int64(1)), ("in", new ConfigValue.Map(Values(("x", new ConfigValue.Int64(9))))), ("new", new ConfigValue.Bool(true))));
        Assert.Equal(
            [(ChangePartKind.Changed, "in.x", "1", "9"), (ChangePartKind.Removed, "in.y", "2", ""), (ChangePartKind.Added, "new", "", "On")],
            ValueDiff.Parts(before, after).Select(part => (part.Kind, part.Place, part.Before, part.After)));
    }

    [Fact]
    public void RuntimeSettings_ComeBackFromTheirForm_AndGapsStayGaps()
    {
        var descriptor = new Descriptor { JobType = "t", RuntimeDefaults = new RuntimeSettings { Enabled = true, DetectionIntervalMinutes = 30, RetryLimit = 3 } };
        var settings = new RuntimeSettings { Enabled = false, ExecutionTimeoutSeconds = 600, RetryLimit = 0, GlobalExecutionConcurrency = 4 };
        Assert.Equal(settings, RuntimeForm.Settings(RuntimeForm.Values(settings), descriptor));
        Assert.Equal(new RuntimeSettings { Enabled = true, RetryLimit = 3 }, RuntimeForm.Settings(ConfigValues.Empty, descriptor));
        Assert.Equal(new ConfigValue.Int64(30), RuntimeForm.Of(descriptor).Defaults["detection_interval_minutes"]);
    }

    private static ImmutableArray<ConfigChange> Between(ConfigValues before, ConfigValues after) => ConfigDiff.Between(Form, FormKind.Worker, before, after);

    private static ConfigValues Values(params (string Name, ConfigValue Value)[] values) => ConfigValues.From(values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
}

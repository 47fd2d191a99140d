using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Configs;

public sealed class SchemaChangesTests
{
    private static readonly FieldSchema Days = new() { Name = "days", Label = "Days", Type = FieldType.Int64, Max = new ConfigValue.Int64(30) };

    [Fact]
    public void SameForm_HasNothingToTell() => Assert.Empty(Between([Days], [Days]));

    [Fact]
    public void NewField_SaysThatItsDefaultCounts() =>
        Assert.Equal((SchemaChangeKind.Added, "new field; its default counts: 7"), Only([], [Days], ("days", 7)));

    [Fact]
    public void RemovedField_KeepsItsStoredValue() =>
        Assert.Equal((SchemaChangeKind.Removed, "no longer in the form; the stored 9 is kept until you discard it"), Only([Days], [], null, ("days", 9)));

    [Fact]
    public void RemovedSecret_IsNotTold()
    {
        var (_, text) = Only([Days with { Sensitive = true }], [], null, ("days", 9));
        Assert.DoesNotContain("9", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherType_SaysWhetherTheStoredValueFits() =>
        Assert.Equal((SchemaChangeKind.TypeChanged, "was a whole number, is on or off now; the stored 9 does not fit, choose a new one"), Only([Days], [Days with { Type = FieldType.Bool, Max = null }], null, ("days", 9)));

    [Fact]
    public void ValueAboveTheNewBound_ComesFirst() =>
        Assert.Equal((SchemaChangeKind.NotAllowed, "the value is no longer allowed: 9 is above 5"), Only([Days], [Days with { Max = new ConfigValue.Int64(5) }], null, ("days", 9)));

    [Fact]
    public void OptionGone_IsNamed_AndTheChosenOneIsNoLongerAllowed()
    {
        var mode = new FieldSchema { Name = "mode", Type = FieldType.Choice, Options = [new("a", "", "", false), new("b", "", "", false)] };
        var stored = new ConfigDocument { JobType = "t", Version = 1, SavedAt = default, SavedBy = "x", WorkerValues = ConfigValues.Empty.With("mode", new ConfigValue.Text("b")) };
        var changes = SchemaChanges.Between(Described([mode]), Described([mode with { Options = mode.Options.RemoveAt(1) }]), stored);
        Assert.Equal([SchemaChangeKind.NotAllowed, SchemaChangeKind.OptionsGone], changes.Select(change => change.Kind));
        Assert.Equal("no longer offered: b", changes[1].Text);
    }

    [Fact]
    public void OtherDefault_SaysWhichValueCounts()
    {
        var changes = SchemaChanges.Between(Described([Days], ("days", 7)), Described([Days], ("days", 14)), Stored(("days", 9)));
        Assert.Equal("default 7 → 14; the stored 9 stays", Assert.Single(changes).Text);
        Assert.Equal("default 7 → 14, which counts now", Assert.Single(SchemaChanges.Between(Described([Days], ("days", 7)), Described([Days], ("days", 14)), null)).Text);
    }

    private static (SchemaChangeKind Kind, string Text) Only(FieldSchema[] known, FieldSchema[] now, (string, long)? @default = null, (string, long)? stored = null)
    {
        var change = Assert.Single(SchemaChanges.Between(Described(known), Described(now, @default), stored is { } given ? Stored(given) : null));
        return (change.Kind, change.Text);
    }

    private static System.Collections.Immutable.ImmutableArray<SchemaChange> Between(FieldSchema[] known, FieldSchema[] now) => SchemaChanges.Between(Described(known), Described(now), null);

    private static Descriptor Described(FieldSchema[] fields, (string Name, long Value)? @default = null) => new()
    {
        JobType = "t",
        WorkerForm = new FormSchema("", "", "", [new SectionSchema("s", "S", "", [.. fields])], @default is var (name, value) ? ConfigValues.Empty.With(name, new ConfigValue.Int64(value)) : ConfigValues.Empty),
    };

    private static ConfigDocument Stored((string Name, long Value) value) =>
        new() { JobType = "t", Version = 1, SavedAt = default, SavedBy = "x", WorkerValues = ConfigValues.Empty.With(value.Name, new ConfigValue.Int64(value.Value)) };
}

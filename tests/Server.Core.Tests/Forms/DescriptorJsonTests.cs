using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class DescriptorJsonTests
{
    public static TheoryData<string> Recorded => [.. Directory.GetFiles(Folder, "*-descriptor.json").Select(Path.GetFileName).Order().Select(name => name!)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Forms", "Fixtures");

    [Theory]
    [MemberData(nameof(Recorded))]
    public void RecordedDescriptor_ReadAndWritten_IsTheSameText(string file)
    {
        var recorded = File.ReadAllText(Path.Combine(Folder, file));
        Assert.Equal(recorded.TrimEnd(), DescriptorJson.Write(DescriptorJson.Parse(recorded)));
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void RecordedDescriptor_AgainstLimits_HasNoFindings(string file)
    {
        var descriptor = DescriptorJson.Parse(File.ReadAllText(Path.Combine(Folder, file)));
        var check = DescriptorLimits.Check(descriptor);
        Assert.Empty(check.Findings);
        Assert.Empty(DescriptorFindings.Of(check.Descriptor));
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void RecordedDescriptor_WithItsOwnDefaults_IsAValidConfig(string file)
    {
        var descriptor = DescriptorJson.Parse(File.ReadAllText(Path.Combine(Folder, file)));
        Assert.Empty(FormChecks.Config(descriptor, FormDefaults.Admin(descriptor), FormDefaults.Worker(descriptor)).Errors);
    }

    [Fact]
    public void Descriptor_WithEverythingSet_ReadsBackEqual()
    {
        var field = new FieldSchema
        {
            Name = "f",
            Label = "L",
            Description = "D",
            HelpText = "H",
            Placeholder = "P",
            Type = FieldType.Choice,
            Widget = FieldWidget.MultiSelect,
            Required = true,
            ReadOnly = true,
            Sensitive = true,
            Min = new ConfigValue.Int64(long.MinValue),
            Max = ConfigValue.None.Instance,
            Options = [new FieldOption("v", "l", "d", true)],
            Rules = [new FieldRule(FieldRuleType.Custom, "glob", "no")],
            VisibleWhenField = "g",
            VisibleWhenEquals = new ConfigValue.TextList(["a"]),
        };
        var descriptor = new Descriptor
        {
            JobType = "t",
            Version = uint.MaxValue,
            WorkerForm = new FormSchema("id", "T", "D", [new SectionSchema("job", "S", "D", [field])], RandomValues.Values(7)),
            RuntimeDefaults = new RuntimeSettings { Enabled = true, RetryLimit = -1 },
            WorkerDefaults = RandomValues.Values(8),
        };
        var text = DescriptorJson.Write(descriptor);
        var read = DescriptorJson.Parse(text);
        Assert.Equal(text, DescriptorJson.Write(read));
        Assert.Null(read.AdminForm);
        Assert.Equal(descriptor.RuntimeDefaults, read.RuntimeDefaults);
        Assert.Equal(descriptor.WorkerDefaults, read.WorkerDefaults);
        var readField = Assert.Single(read.WorkerForm!.Fields);
        Assert.Equal(field with { Options = [], Rules = [] }, readField with { Options = [], Rules = [] });
        Assert.Equal(field.Options.AsEnumerable(), readField.Options);
        Assert.Equal(field.Rules.AsEnumerable(), readField.Rules);
    }
}

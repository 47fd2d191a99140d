using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class DescriptorLimitsTests
{
    [Theory]
    [InlineData(50, 1, 0, 0, 0, false)]
    [InlineData(51, 1, 0, 0, 0, true)]
    [InlineData(1, 500, 0, 0, 0, false)]
    [InlineData(1, 501, 0, 0, 0, true)]
    [InlineData(1, 1, 1_000, 0, 0, false)]
    [InlineData(1, 1, 1_001, 0, 0, true)]
    [InlineData(1, 1, 0, 16, 0, false)]
    [InlineData(1, 1, 0, 17, 0, true)]
    [InlineData(1, 1, 0, 16_000, 0, true)]
    [InlineData(1, 1, 0, 0, 201, true)]
    [InlineData(1, 500_000, 0, 0, 0, true)]
    public void Descriptor_BeyondALimit_IsRefused(int sections, int fields, int options, int nesting, int nameLength, bool refused)
    {
        var value = Enumerable.Range(0, nesting).Aggregate((ConfigValue)new ConfigValue.Bool(true), (inner, _) => new ConfigValue.List([inner]));
        var field = new FieldSchema
        {
            Name = new string('n', Math.Max(1, nameLength)),
            Options = [.. Enumerable.Range(0, options).Select(i => new FieldOption($"{i}", "", "", false))],
        };
        var section = new SectionSchema("s", "", "", [.. Enumerable.Repeat(field, fields)]);
        var form = new FormSchema("", "", "", [.. Enumerable.Repeat(section, sections)], ConfigValues.Empty.With("v", value));
        var check = DescriptorLimits.Check(new Descriptor { JobType = "t", WorkerForm = form });
        Assert.Equal(refused, check.Refused);
        Assert.Equal(refused, check.Reason.Length > 0);
    }

    [Fact]
    public void Descriptor_OfMoreThanAMebibyte_IsRefused()
    {
        var form = FormSchema.Empty with { Defaults = ConfigValues.Empty.With("v", new ConfigValue.Text(new string('x', FormLimits.DescriptorBytes))) };
        Assert.True(DescriptorLimits.Check(new Descriptor { JobType = "t", AdminForm = form }).Refused);
    }

    [Fact]
    public void LongTexts_AreCutAndReported()
    {
        var field = new FieldSchema { Name = "f", Label = new string('a', 199) + "😀 and more", HelpText = new string('h', 4_001) };
        var form = FormSchema.Empty with { Sections = [new SectionSchema("s", "", "", [field])] };
        var check = DescriptorLimits.Check(new Descriptor { JobType = "t", AdminForm = form });
        Assert.False(check.Refused);
        Assert.All(check.Findings, finding => Assert.Equal(FindingSeverity.Cut, finding.Severity));
        var cut = Assert.Single(check.Descriptor.AdminForm!.Fields);
        Assert.Equal(200, cut.Label.Length);
        Assert.False(char.IsHighSurrogate(cut.Label[^2]));
        Assert.Equal(4_000, cut.HelpText.Length);
    }
}

using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Tests.Forms;

public sealed class FormChecksTests
{
    private static readonly Descriptor Command = new()
    {
        JobType = "command",
        WorkerForm = new FormSchema("command.worker", "", "",
        [
            new SectionSchema("process", "", "", [new FieldSchema { Name = "niceness", Type = FieldType.Int64, Required = true, Max = new ConfigValue.Int64(19) }]),
            new SectionSchema("job", "", "",
            [
                new FieldSchema { Name = "command", Type = FieldType.Text, Required = true },
                new FieldSchema { Name = "shell", Type = FieldType.Bool },
                new FieldSchema { Name = "dialect", Type = FieldType.Text, VisibleWhenField = "shell", VisibleWhenEquals = new ConfigValue.Bool(true) },
            ]),
        ], ConfigValues.Empty.With("niceness", new ConfigValue.Int64(5)).With("shell", new ConfigValue.Bool(false))),
        WorkerDefaults = ConfigValues.Empty.With("niceness", new ConfigValue.Int64(7)),
    };

    [Fact]
    public void WorkerDefaults_LieOverFormDefaults()
    {
        var values = FormDefaults.Worker(Command);
        Assert.Equal(new ConfigValue.Int64(7), values["niceness"]);
        Assert.Equal(new ConfigValue.Bool(false), values["shell"]);
    }

    [Fact]
    public void Config_DoesNotAskForTheSubmitForm() =>
        Assert.True(FormChecks.Config(Command, ConfigValues.Empty, ConfigValues.Empty).IsValid);

    /// <summary>It would be what every submission has that says nothing of it, and each would be refused.</summary>
    [Fact]
    public void Config_WithAValueThatNoSubmissionMayHave_IsRefused()
    {
        var grace = new FieldSchema { Name = "grace", Label = "Grace", Type = FieldType.Duration, Required = true, VisibleWhenField = "shell", VisibleWhenEquals = new ConfigValue.Bool(true) };
        var form = Command.WorkerForm! with { Sections = Command.WorkerForm!.Sections.Add(new SectionSchema("job.time", "", "", [grace])) };
        var descriptor = Command with { WorkerForm = form };
        ConfigVerdict Of(string text, ConfigValues? before = null) => FormChecks.Config(descriptor, ConfigValues.Empty, ConfigValues.Empty.With("grace", new ConfigValue.Text(text)), before);

        Assert.Equal(["worker grace kind"], Of("abc").Errors.Select(error => $"{error.Form} {error.Path} {error.Code}"));
        Assert.Equal((true, new ConfigValue.Duration(20, 0)), (Of("20s").IsValid, Of("20s").WorkerValues["grace"]));

        // Taken when there was another form; whoever changes something else cannot help it.
        Assert.True(Of("abc", ConfigValues.Empty.With("grace", new ConfigValue.Text("abc"))).IsValid);
        var change = Assert.Single(Server.Core.Configs.ConfigDiff.Between(form, FormKind.Worker, ConfigValues.Empty, Of("20s").WorkerValues));
        Assert.Equal("grace", change.Name);
    }

    /// <summary>Of two numbers of which 0 means "none" one is needed; what is not given is as its default.</summary>
    [Theory]
    [InlineData(0.0, null, false)]
    [InlineData(0.0, 0.0, false)]
    [InlineData(0.0, 0.5, true)]
    [InlineData(1.0, 0.0, true)]
    [InlineData(null, 0.0, true)]
    public void Config_WithBothZero_IsRefused(double? days, double? size, bool fits)
    {
        var older = new FieldSchema { Name = "days", Label = "Days", Type = FieldType.Double, Rules = [new FieldRule(FieldRuleType.Custom, "not_both_zero:size", "")] };
        var form = new FormSchema("f", "", "", [new SectionSchema("s", "", "", [older, new FieldSchema { Name = "size", Label = "Size", Type = FieldType.Double }])], Values(30, 0));
        var descriptor = new Descriptor { JobType = "retention", WorkerForm = form };
        var errors = FormChecks.Config(descriptor, ConfigValues.Empty, Values(days, size)).Errors;
        Assert.Equal(fits ? [] : ["days custom: Days and Size must not both be 0"], errors.Select(error => $"{error.Path} {error.Code}: {error.Message}"));
        Assert.Empty(FieldRules.Of(older, ConfigKind.Double).Faults);

        static ConfigValues Values(double? days, double? size)
        {
            var values = days is { } some ? ConfigValues.Empty.With("days", new ConfigValue.Double(some)) : ConfigValues.Empty;
            return size is { } much ? values.With("size", new ConfigValue.Double(much)) : values;
        }
    }

    [Fact]
    public void Config_StoresOnlyWhatWasGiven()
    {
        var given = ConfigValues.Empty.With("niceness", new ConfigValue.Int64(20)).With("unknown", new ConfigValue.Bool(true));
        var verdict = FormChecks.Config(Command, ConfigValues.Empty, given);
        Assert.Equal("niceness", Assert.Single(verdict.Errors).Path);
        Assert.Equal(["niceness", "unknown"], verdict.WorkerValues.Keys);
    }

    [Fact]
    public void WhatOnlyTheWorkerSets_IsNotStored_AndItsWordOfTodayCounts()
    {
        var form = new FormSchema("f", "", "", [new SectionSchema("s", "", "", [new FieldSchema { Name = "found", Type = FieldType.Text, ReadOnly = true }, new FieldSchema { Name = "depth", Type = FieldType.Int64 }])], ConfigValues.Empty.With("found", new ConfigValue.Text("bash 5.2")));
        var descriptor = new Descriptor { JobType = "script", AdminForm = form, WorkerForm = form };
        var stale = ConfigValues.Empty.With("found", new ConfigValue.Text("bash 4")).With("depth", new ConfigValue.Int64(1));
        var verdict = FormChecks.Config(descriptor, stale, stale);
        Assert.Equal((true, 1, 1), (verdict.IsValid, verdict.AdminValues.Count, verdict.WorkerValues.Count));
        Assert.Equal(new ConfigValue.Text("bash 5.2"), FormDefaults.Worker(descriptor, stale)["found"]);
        Assert.Equal(new ConfigValue.Text("bash 5.2"), FormDefaults.Admin(descriptor, stale)["found"]);
        Assert.Empty(Server.Core.Configs.ConfigDiff.Between(form, FormKind.Worker, stale, verdict.WorkerValues));
    }

    [Fact]
    public void Submission_MergesGivenSavedAndDefaults()
    {
        var saved = ConfigValues.Empty.With("niceness", new ConfigValue.Int64(1)).With("shell", new ConfigValue.Bool(true));
        var verdict = FormChecks.Submission(Command, saved, ConfigValues.Empty.With("command", new ConfigValue.Text("ls")));
        Assert.True(verdict.IsValid);
        Assert.Equal(
            ConfigValues.Empty.With("command", new ConfigValue.Text("ls")).With("shell", new ConfigValue.Bool(true)), verdict.Parameters);
    }

    [Fact]
    public void Submission_WithoutRequired_NamesTheField() =>
        Assert.Equal(
            ("command", "submission"),
            Assert.Single(FormChecks.Submission(Command, ConfigValues.Empty, ConfigValues.Empty).Errors) is var error ? (error.Path, error.Form) : default);

    [Fact]
    public void Submission_NamingAHiddenField_WarnsAndDropsIt()
    {
        var given = ConfigValues.Empty.With("command", new ConfigValue.Text("ls")).With("dialect", new ConfigValue.Text("zsh"));
        var verdict = FormChecks.Submission(Command, ConfigValues.Empty, given);
        Assert.True(verdict.IsValid);
        Assert.Single(verdict.Warnings);
        Assert.False(verdict.Parameters.ContainsKey("dialect"));
    }

    [Fact]
    public void Submission_OfAnUnknownParameter_IsRefused()
    {
        var given = ConfigValues.Empty.With("command", new ConfigValue.Text("ls")).With("comand", new ConfigValue.Text("ls"));
        Assert.Equal("unknown", Assert.Single(FormChecks.Submission(Command, ConfigValues.Empty, given).Errors).Code);
    }

    [Fact]
    public void Submission_ToATypeWithoutForm_PassesUntouched()
    {
        var given = ConfigValues.Empty.With("volume_id", new ConfigValue.Int64(9_007_199_254_740_993));
        Assert.Equal(given, FormChecks.Submission(null, ConfigValues.Empty, given).Parameters);
    }
}

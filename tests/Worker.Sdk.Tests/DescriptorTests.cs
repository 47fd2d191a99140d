using System.Globalization;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>What no admin would take cannot be built, nor be brought along by a handler.</summary>
public sealed class DescriptorTests
{
    public static TheoryData<string, Action<SectionBuilder>> Mistakes => new()
    {
        { "a field without a name in s", section => section.Text("", "", "") },
        { "the name a is used twice", section => (section.Text("a", "", ""), section.Text("a", "", "")).ToString() },
        { "a depends on b, which is not in the form", section => section.Text("a", "", "").VisibleWhen("b", true) },
        { "a has a lowest value of the kind StringValue, which does not fit its type", section => section.Integer("a", "", "").Range("1", 9L) },
        { "a has a highest value of the kind DoubleValue, which does not fit its type", section => section.Integer("a", "", "").Range(0L, 9.5) },
        { "a has a lowest value above its highest", section => section.Integer("a", "", "", 5).Range(9L, 1L) },
        { "a has a default outside its range", section => section.Integer("a", "", "", 0).Range(1L, 9L) },
        { "a has a default outside its range", section => section.Number("a", "", "", 1.5).Range(0.0, 1.0) },
        { "a has a default outside its range", section => section.Duration("a", "", "", TimeSpan.FromSeconds(5)).Range(TimeSpan.Zero, TimeSpan.FromSeconds(1)) },
        { "a has a default of the kind Int64Value, which does not fit its type", section => section.List("a", "", "", 1L) },
        { "a has no choices", section => section.Select("a", "", "", "") },
        { "a has the choice x twice", section => section.Select("a", "", "", "x", ("x", "X"), ("x", "Y")) },
        { "a has the default z, which is none of its choices", section => section.Select("a", "", "", "z", ("x", "X"), ("y", "Y")) },
        { "a has the default z, which is none of its choices", section => section.MultiSelect("a", "", "", ["x", "z"], ("x", "X")) },
        { "a has a limit that is no number of 0 or more", section => section.Text("a", "", "").MaxLength(-1) },
        { "a has a limit that is no number of 0 or more", section => section.Text("a", "", "").Rule(ValidationRuleType.MinItems, "some") },
        { "a has a limit of its items, which means nothing for its type", section => section.Text("a", "", "").MaxItems(3) },
        { "a has a lowest length above its highest", section => section.Text("a", "", "").MinLength(5).MaxLength(3) },
        { "a has the check htp_url, which is none of absolute_path, safe_root, glob, http_url, env_names, header_map, cidr, not_both_zero:FIELD", section => section.Text("a", "", "").Check("htp_url") },
        { "a depends on itself", section => section.Text("a", "", "").VisibleWhen("a", "x") },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_IsSaid(string problem, Action<SectionBuilder> fields)
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => new DescriptorBuilder("t", "T").Worker(form => form.Section("s", "", "", fields)).Build());
        Assert.Equal($"t.worker: {problem}", thrown.Message);
    }

    /// <summary>The table of all SDKs: a part of what must be said of a form, or that nothing is.</summary>
    [Fact]
    public void Forms_AreJudged_AsTheTableOfAllSdksSays()
    {
        foreach (var row in JsonNode.Parse(File.ReadAllText(Path.Combine(Weed.WeedAdmin.ProjectFolder, "..", "..", "sdks", "descriptor-mistakes.json")))!.AsArray())
        {
            var full = Expanded(row)!.AsObject();
            var descriptor = JobTypeDescriptor.Parser.ParseJson(new JsonObject
            {
                ["job_type"] = "t",
                ["descriptor_version"] = 1,
                ["worker_default_values"] = full["worker_default_values"]?.DeepClone() ?? new JsonObject(),
                ["worker_config_form"] = new JsonObject
                {
                    ["form_id"] = "t.worker",
                    ["sections"] = full["sections"]?.DeepClone() ?? new JsonArray([new JsonObject { ["section_id"] = "s", ["fields"] = full["fields"]!.DeepClone() }]),
                    ["default_values"] = full["default_values"]?.DeepClone() ?? new JsonObject(),
                },
            }.ToJsonString());
            var found = DescriptorRules.Problems(descriptor).ToList();
            var isRight = full["say"]?.GetValue<string>() is { } say ? found.Count > 0 && found.TrueForAll(problem => problem.Contains(say, StringComparison.Ordinal)) : found.Count == 0;
            Assert.True(isRight, $"{row!.ToJsonString()}: {string.Join("; ", found)}");
        }
    }

    [Fact]
    public void PatternThatCannotBeRead_IsSaid() =>
        Assert.StartsWith("t.admin: a has a pattern that cannot be read:", Assert.Throws<InvalidOperationException>(
            () => new DescriptorBuilder("t", "T").Admin(form => form.Section("s", "", "", section => section.Text("a", "", "").Regex("("))).Build()).Message, StringComparison.Ordinal);

    [Fact]
    public void SectionTwice_IsSaid() =>
        Assert.Equal("t.worker: the section s is there twice", Assert.Throws<InvalidOperationException>(
            () => new DescriptorBuilder("t", "T").Worker(form => form.Section("s", "", "", _ => { }).Section("s", "", "", _ => { })).Build()).Message);

    [Fact]
    public void MistakeOfADescriptorMadeByHand_IsSaidWhenTheWorkerIsMade()
    {
        var descriptor = new DescriptorBuilder("t", "T").Worker(form => form.Section("s", "", "", section => section.Integer("a", "", ""))).Build();
        descriptor.WorkerConfigForm.DefaultValues["b"] = new ConfigValue { BoolValue = true };
        var thrown = Assert.Throws<ArgumentException>(() => new PluginWorker(new WorkerOptions { WorkerId = "w" }, new Made(descriptor)));
        Assert.StartsWith("t.worker: there is a default for b, which is not in the form", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void VersionAndDefaults_AreNumbersOfTheProtocol_AndAHandlerDoesSomething()
    {
        var descriptor = new JobTypeDescriptor { JobType = "t", AdminRuntimeDefaults = new AdminRuntimeDefaults { Enabled = true, RetryLimit = -1 } };
        var thrown = Assert.Throws<ArgumentException>(() => new PluginWorker(new WorkerOptions { WorkerId = "w" }, new Idle(descriptor)));
        Assert.StartsWith("t: the version of a descriptor is 1 or more\nt: retry_limit must be 0 or more\nthe handler of t neither detects nor executes", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DescriptorThatIsNone_IsSaid_WithItsHandler()
    {
        var thrown = Assert.Throws<ArgumentException>(() => new PluginWorker(new WorkerOptions { WorkerId = "w" }, new Made(null!), new Idle(new DescriptorBuilder("t", "T").Build())));
        Assert.StartsWith($"the handler {typeof(Made)} has no descriptor\nthe handler of t neither detects nor executes", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Type_IsEnabled_UnlessItsRuntimeSaysOtherwise()
    {
        Assert.Equal(new AdminRuntimeDefaults { Enabled = true }, Runtime(builder => builder));
        Assert.Equal(new AdminRuntimeDefaults { Enabled = true, DetectionIntervalMinutes = 10 }, Runtime(builder => builder.Runtime(runtime => runtime.DetectionIntervalMinutes = 10)));
        Assert.False(Runtime(builder => builder.Runtime(runtime => runtime.Enabled = false)).Enabled);

        static AdminRuntimeDefaults Runtime(Func<DescriptorBuilder, DescriptorBuilder> change) => change(new DescriptorBuilder("t", "T")).Build().AdminRuntimeDefaults;
    }

    [Fact]
    public void WholeForm_IsBuilt()
    {
        var built = new DescriptorBuilder("t", "T").Worker(form => form.Section("s", "", "", section =>
        {
            section.Integer("n", "", "", 5).Range(1L, 9L);
            section.Number("d", "", "", 0.5).Range(0.0, 1.0);
            section.Select("c", "", "", "x", ("x", "X")).DisabledOption("y", "Y", "not here");
            section.MultiSelect("m", "", "", [], ("x", "X"));
            section.Text("t", "", "").Regex("^a+$").MaxLength(3);
            section.List("l", "", "", new long[] { 1 }).Range(2L, 9L);
            section.Map("o", "", "");
        })).Build();
        Assert.Equal(7, built.WorkerDefaultValues.Count);
    }

    /// <summary><c>{"times": n, "of": x}</c> stands for so many items of a list, with their number for <c>#</c>; elsewhere for a text so many times.</summary>
    private static JsonNode? Expanded(JsonNode? node) => node switch
    {
        JsonArray items => new JsonArray([.. items.SelectMany(item => item is JsonObject many && many.ContainsKey("times") ? Copies(many) : [item]).Select(Expanded)]),
        JsonObject text when text.ContainsKey("times") => JsonValue.Create(string.Concat(Enumerable.Repeat(text["of"]!.GetValue<string>(), text["times"]!.GetValue<int>()))),
        JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Expanded(field.Value)))),
        _ => node?.DeepClone(),
    };

    private static IEnumerable<JsonNode?> Copies(JsonObject many) =>
        Enumerable.Range(0, many["times"]!.GetValue<int>()).Select(number => JsonNode.Parse(many["of"]!.ToJsonString().Replace("#", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));

    private sealed class Idle(JobTypeDescriptor descriptor) : IJobHandler
    {
        public JobTypeDescriptor Descriptor => descriptor;

        public bool CanDetect => false;

        public bool CanExecute => false;
    }

    private sealed class Made(JobTypeDescriptor descriptor) : IJobHandler
    {
        public JobTypeDescriptor Descriptor => descriptor;
    }
}

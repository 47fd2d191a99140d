using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Scripts;

namespace BlazorPluginAdmin.WorkerStock.Tests.Scripts;

/// <summary>Real interpreters; which of them a machine has is asked first, as the worker does.</summary>
public sealed class ScriptTests : IAsyncLifetime
{
    private readonly string _state = Directory.CreateTempSubdirectory("script-").FullName;
    private ScriptHandler _handler = null!;
    private HandlerTestHost _host = null!;

    public async Task InitializeAsync()
    {
        var options = new StockOptions { StateDirectory = _state, Interpreters = new Dictionary<string, string> { ["cat"] = "cat", ["cobol"] = "/no/such/cobol" } };
        _handler = new ScriptHandler(options, await Interpreters.FindAsync(options.Interpreters, TimeProvider.System), TimeProvider.System);
        _host = new HandlerTestHost(_handler);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_state, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Bash_IsStrictUnlessTold_AndGetsItsArguments()
    {
        Assert.Equal("two one\n", Text(await RunAsync("echo $2 $1", ("args", new[] { "one", "two" }))));
        var strict = await RunAsync("false | true\necho on");
        Assert.Equal((1L, ""), (strict.Outputs["exit_code"].Wire.Int64Value, Text(strict)));
        Assert.Equal("on\n", Text(await RunAsync("false | true\necho on", ("strict", false))));
        Assert.Contains("line 2", (await RunAsync("true\necho $unset")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_IsUnbuffered_AndIsolatedWhenAsked()
    {
        const string Source = "import sys\nprint(sys.flags.isolated, sys.stdout.write_through, sys.argv[1:])";
        Assert.Equal("0 True ['a']\n", Text(await RunAsync(Source, ("interpreter", "python"), ("args", new[] { "a" }))));
        Assert.Equal("1 True []\n", Text(await RunAsync(Source, ("interpreter", "python"), ("isolated", true))));
    }

    [Fact]
    public async Task Node_TakesBothKindsOfModule()
    {
        Assert.Equal("function\n", Text(await RunAsync("console.log(typeof require)", ("interpreter", "node"))));
        Assert.Equal("undefined\n", Text(await RunAsync("import 'node:fs'; console.log(typeof require)", ("interpreter", "node"), ("module_kind", "module"))));
    }

    [Fact]
    public async Task FurtherInterpreters_AreOfferedWhenFound_AndRunTheFile()
    {
        Assert.Equal(["bash", "python", "node", "cat"], Options().Where(option => !option.Disabled).Select(option => option.Value));
        _host.WorkerConfig["table"] = Value.Map([new("node", "node"), new("once more", "cat")]);
        Assert.Equal("as it is", Text(await RunAsync("as it is", ("interpreter", "cat"))));
        Assert.Equal("as it is", Text(await RunAsync("as it is", ("interpreter", "once more"))));
        Assert.Contains("not among the interpreters", (await RunAsync("true", ("interpreter", "bash"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnInterpreterThatIsMissing_IsRefusedUnstarted_SoThatOthersAreTried()
    {
        Assert.Null(_handler.CannotRun(Reader(("interpreter", "bash"))));
        Assert.Equal("python (/no/such/python) is not installed on this worker", _handler.CannotRun(Reader(("interpreter", "python"), ("table", Value.Map([new("python", "/no/such/python")])))));
        var none = new ScriptHandler(new StockOptions(), new Interpreters(Interpreters.Defaults, []), TimeProvider.System);
        Assert.All(none.Descriptor.WorkerConfigForm.Sections[0].Fields[0].Options, option => Assert.Equal((true, "not installed"), (option.Disabled, option.Description)));
        _host.WorkerConfig["table"] = Value.Map([new("bash", "/no/such/bash")]);
        Assert.Equal("permanent", (await RunAsync("true")).Outputs["error_class"].Wire.StringValue);
    }

    [Fact]
    public async Task Found_HasVersions_ThatAreLabels()
    {
        var interpreters = await Interpreters.FindAsync(new Dictionary<string, string>(), TimeProvider.System);
        Assert.Matches(@"^\d+\.\d+", interpreters.Labels.Single(label => label.Key == "interpreter.bash").Value);
        Assert.DoesNotContain(interpreters.Found, one => one.Name == "cobol");
    }

    [Fact]
    public async Task ProgressLines_BecomeProgress_OnlyWhenAsked()
    {
        const string Source = "echo start; echo '##progress 40 copying'; echo '##progress'; printf '##progress 90%%'";
        var outcome = await RunAsync(Source, ("parse_progress", true));
        Assert.Equal("start\n##progress\n", Text(outcome));
        Assert.Equal([(40, "", "copying"), (90, "", "")], _host.Progress);
        Assert.Contains("##progress 40", Text(await RunAsync(Source)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScriptAndItsDirectory_AreGoneAfterwards_AndTheResultFileCounts()
    {
        var outcome = await RunAsync("echo '{\"rows\": 3}' > $JOB_RESULT_FILE; ls; cat", ("stdin", "in"u8.ToArray()));
        Assert.Equal(("in", 3L), (Text(outcome), outcome.Outputs["rows"].Wire.Int64Value));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_state, "work")));
    }

    private static string Text(JobOutcome outcome) => outcome.Outputs["stdout"].Wire.StringValue;

    private static ConfigReader Reader(params (string Name, Value Value)[] values) =>
        new([values.ToDictionary(pair => pair.Name, pair => pair.Value.Wire, StringComparer.Ordinal), new Dictionary<string, Wire.ConfigValue> { ["table"] = Value.Map(Interpreters.Defaults.Select(pair => KeyValuePair.Create(pair.Key, (Value)pair.Value))).Wire }]);

    private Google.Protobuf.Collections.RepeatedField<Wire.ConfigOption> Options() => _handler.Descriptor.WorkerConfigForm.Sections[0].Fields[0].Options;

    private Task<JobOutcome> RunAsync(string source, params (string Name, Value Value)[] more)
    {
        var values = new ValueSet { ["source"] = source };
        foreach (var (name, value) in more)
        {
            values[name] = value;
        }

        return _host.ExecuteAsync(values);
    }
}

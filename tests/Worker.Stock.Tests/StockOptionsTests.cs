namespace BlazorPluginAdmin.WorkerStock.Tests;

public sealed class StockOptionsTests
{
    [Fact]
    public void Nothing_IsTheDefaults()
    {
        var (options, errors) = StockOptions.Read([], new Dictionary<string, string>());
        Assert.Empty(errors);
        Assert.Equal(("127.0.0.1:23646", null, 4, 1), (options.Admin, options.Id, options.Slots, options.DetectSlots));
        Assert.Equal(StockOptions.KnownTypes, options.Types);
    }

    [Fact]
    public void CommandLine_WinsOverTheEnvironment()
    {
        var environment = new Dictionary<string, string>
        {
            ["PLUGIN_ADMIN"] = "a:1",
            ["PLUGIN_WORKER_ID"] = "w",
            ["PLUGIN_SLOTS"] = "7",
            ["PLUGIN_DETECT_SLOTS"] = "2",
            ["PLUGIN_TYPES"] = "command",
            ["PLUGIN_LABELS"] = "zone=a, disk=ssd",
            ["PLUGIN_DATA_DIR"] = "/srv/worker",
            ["PLUGIN_FILE_ROOTS"] = "/srv/a,/srv/b/",
            ["PLUGIN_INTERPRETERS"] = "ruby=/usr/bin/ruby",
            ["PLUGIN_TOKEN"] = "secret",
            ["PLUGIN_TLS_CA"] = "ca",
            ["PLUGIN_TLS_CERT"] = "cert",
            ["PLUGIN_TLS_KEY"] = "key",
            ["PLUGIN_TLS_SERVER_NAME"] = "name",
        };
        var (options, errors) = StockOptions.Read(["--admin", "b:2", "--slots=9", "--label", "zone=b", "--tls-key=other"], environment);
        Assert.Empty(errors);
        Assert.Equal(("b:2", "w", 9, 2, "/srv/worker", "secret"), (options.Admin, options.Id, options.Slots, options.DetectSlots, options.StateDirectory, options.Token));
        Assert.Equal(("ca", "cert", "other", "name"), (options.TlsCa, options.TlsCert, options.TlsKey, options.TlsServerName));
        Assert.Equal(["command"], options.Types);
        Assert.Equal(["/srv/a", "/srv/b"], options.FileRoots);
        Assert.Equal([KeyValuePair.Create("zone", "b")], options.Labels);
        Assert.Equal([KeyValuePair.Create("ruby", "/usr/bin/ruby")], options.Interpreters);
    }

    [Fact]
    public void EveryMistake_IsSaidAtOnce()
    {
        var (_, errors) = StockOptions.Read(["--slots", "many", "--types", "command,nonsense", "--label", "x", "--interpreter", "a b=c", "--what", "--token-file", "/no/such/file", "--id"], new Dictionary<string, string>());
        Assert.Equal(7, errors.Count);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>What the stock worker must not do, from the command line over the admin to a worker that is a process of its own.</summary>
public sealed class StockTypesTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private static readonly DateTime LongAgo = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Shell _shell = new(admin.Address);

    /// <summary>Links that lead out, a hard link, a mount, a file that is written to after it was found.</summary>
    [Theory]
    [InlineData("delete")]
    [InlineData("gzip")]
    public async Task Retention_TouchesNothingItMayNot(string action)
    {
        using var folder = new TemporaryFolder();
        var app = Path.Combine(folder.Path, "root", "app");
        var outside = Path.Combine(folder.Path, "outside");
        var mount = Path.Combine(app, "mnt");
        string[] old = [.. Enumerable.Range(1, 4).Select(n => Old(Path.Combine(app, $"{n}.log"), n))];
        var secret = Old(Path.Combine(outside, "secret.log"), 0);
        var shared = Old(Path.Combine(outside, "shared.log"), 0);
        var growing = Old(Path.Combine(app, "growing.log"), 0);
        Assert.Equal(0, (await RunAsync("ln", shared, Path.Combine(app, "shared.log"))).Code);
        File.CreateSymbolicLink(Path.Combine(app, "link.log"), secret);
        Directory.CreateSymbolicLink(Path.Combine(app, "away"), outside);
        Directory.CreateDirectory(mount);
        var mounted = await RunAsync("mount", "-t", "tmpfs", "tmpfs", mount);
        Assert.True(mounted.Code == 0 || mounted.Said.Contains("ermi", StringComparison.Ordinal) || mounted.Said.Contains("superuser", StringComparison.Ordinal), mounted.Said);
        try
        {
            // Where this process may not mount, the rest is still worth knowing.
            var across = mounted.Code == 0 ? Old(Path.Combine(mount, "across.log"), 0) : secret;
            string[] settings = ["config", "set", "file_retention", $"roots={Path.Combine(folder.Path, "root")}", $"action={action}", "dry_run=false", "min_keep=1", "untouched_for=0s", .. action == "delete" ? (string[])["delete_word=delete"] : []];
            var set = await _shell.RunAsync(settings);
            Assert.True(set.Code == 0, set.Error);
            var parameters = await ProposedAsync(folder, "file_retention");
            await File.AppendAllTextAsync(growing, "one more line\n");
            var job = await JobAsync("file_retention", parameters, code: 0);

            var says = (await _shell.RunAsync("logs", Id(job))).Output;
            Assert.Contains("skipped (changed)", says, StringComparison.Ordinal);
            Assert.Equal(("old\n", "old\n", "old\n", "old\none more line\n"), (await File.ReadAllTextAsync(secret), await File.ReadAllTextAsync(shared), await File.ReadAllTextAsync(across), await File.ReadAllTextAsync(growing)));
            Assert.Equal(["secret.log", "shared.log"], Names(outside));
            string[] kept = ["4.log", "away", "growing.log", "link.log", "mnt"];
            Assert.Equal(action == "delete" ? kept : [.. ((string[])["1.log.gz", "2.log.gz", "3.log.gz", .. kept, "shared.log"]).Order(StringComparer.Ordinal)], Names(app));
            foreach (var file in Directory.GetFiles(app, "*.gz"))
                Assert.Equal(0, (await RunAsync("gzip", "-t", file)).Code);
            Assert.False(File.Exists(old[0]));
        }
        finally
        {
            if (mounted.Code == 0)
                Assert.Equal(0, (await RunAsync("umount", mount)).Code);
        }
    }

    [Fact]
    public async Task Scrub_TellsRotFromEditAndLoss_AndItsExportIsForSha256Sum()
    {
        using var folder = new TemporaryFolder();
        var files = ((string[])["rotten", "edited", "removed", "sound"]).ToDictionary(name => name, name => Old(Path.Combine(folder.Path, "root", "a", name), 0));
        var set = await _shell.RunAsync("config", "set", "file_scrub", $"roots={Path.Combine(folder.Path, "root")}", "untouched_for=0s");
        Assert.True(set.Code == 0, set.Error);
        var parameters = await ProposedAsync(folder, "file_scrub");
        Assert.Equal("4", Count(await JobAsync("file_scrub", parameters, code: 0), "new"));

        var bytes = await File.ReadAllBytesAsync(files["rotten"]);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(files["rotten"], bytes);
        File.SetLastWriteTimeUtc(files["rotten"], LongAgo);
        await File.WriteAllTextAsync(files["edited"], "longer than before\n");
        File.Delete(files["removed"]);
        var job = await JobAsync("file_scrub", parameters, code: 1);
        Assert.Equal(("1", "1", "1", "1"), (Count(job, "bit_rot"), Count(job, "changed"), Count(job, "missing"), Count(job, "ok")));

        var export = Path.Combine(folder.Path, "export");
        await File.WriteAllTextAsync(export, (await _shell.RunAsync("logs", Id(job), "--stdout")).Output);
        var (code, said) = await RunAsync("sha256sum", "-c", export);
        Assert.Equal(1, code);
        var lines = said.Split('\n').Where(line => line.StartsWith('/')).Select(line => line.Replace(Path.Combine(folder.Path, "root", "a"), "", StringComparison.Ordinal));
        Assert.Equal(["/edited: OK", "/rotten: FAILED", "/sound: OK"], lines.Order(StringComparer.Ordinal));
    }

    /// <summary>By address, and by a name that means an address where calls may not go; before that is said, the name can be called.</summary>
    [Fact]
    public async Task Http_ToADeniedNetwork_IsRefusedForGood_AndNothingIsConnectedTo()
    {
        var metadata = await JobAsync("http", """{"url":"http://169.254.169.254/latest/meta-data/"}""", code: 126);
        Assert.Equal(("permanent", 1), (metadata.GetProperty("error_class").GetString(), metadata.GetProperty("attempt").GetInt32()));
        Assert.Contains("it was not connected to", metadata.GetProperty("error_message").GetString(), StringComparison.Ordinal);

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var call = $$"""{"url":"http://localhost:{{((IPEndPoint)listener.LocalEndpoint).Port}}/"}""";
        var answering = AnswerAsync(listener);
        await JobAsync("http", call, code: 0);
        await answering.InTimeAsync("the call of a host that may be called");

        var set = await _shell.RunAsync("config", "set", "http", "deny_networks=127.0.0.0/8,::1/128");
        Assert.True(set.Code == 0, set.Error);
        var denied = await JobAsync("http", call, code: 126);
        Assert.Equal(("permanent", 1), (denied.GetProperty("error_class").GetString(), denied.GetProperty("attempt").GetInt32()));
        Assert.Contains("in a denied network; it was not connected to", denied.GetProperty("error_message").GetString(), StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    private static async Task AnswerAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        await stream.ReadAtLeastAsync(new byte[1024], 1);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    }

    /// <summary>What a detection found, as the parameters of a job; nothing is queued.</summary>
    private async Task<string> ProposedAsync(TemporaryFolder folder, string type)
    {
        var found = await _shell.RunAsync("detect", type, "--json");
        Assert.True(found.Code == 0, found.Error);
        var proposals = JsonDocument.Parse(found.Output).RootElement.GetProperty("proposals");
        Assert.Equal(1, proposals.GetArrayLength());
        var file = Path.Combine(folder.Path, "parameters.json");
        await File.WriteAllTextAsync(file, proposals[0].GetProperty("parameters").GetRawText());
        return $"@{file}";
    }

    private async Task<JsonElement> JobAsync(string type, string parameters, int code)
    {
        var answer = await _shell.RunAsync("run", "--type", type, "--params", parameters, "--require", "worker_id=stock-1", "--retries", "0", "--json");
        Assert.True(answer.Code == code, $"{answer.Code}: {answer.Error}{answer.Output}");
        return JsonDocument.Parse(answer.Output).RootElement;
    }

    private static string Id(JsonElement job) => job.GetProperty("job_id").GetString()!;

    private static string Count(JsonElement job, string output) => job.GetProperty("result").GetProperty("output_values").GetProperty(output).GetProperty("int64_value").GetString()!;

    private static string[] Names(string folder) => [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string Old(string path, int hours)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "old\n");
        File.SetLastWriteTimeUtc(path, LongAgo.AddHours(hours));
        return path;
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}

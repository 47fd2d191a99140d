using BlazorPluginAdmin.WorkerSdk;

namespace __Name__.Tests;

/// <summary>The handler without an admin and without a network.</summary>
public sealed class LineCountHandlerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly HandlerTestHost _host = new(new LineCountHandler());

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task File_IsFound_AndCounted()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "a.txt"), "one\ntwo\n");
        _host.WorkerConfig["folder"] = _folder.FullName;
        var found = Assert.Single(await _host.DetectAsync());
        var outcome = await _host.ExecuteAsync(found.Parameters);
        Assert.Equal((true, "2 lines"), (outcome.Success, outcome.Text));
    }

    [Fact]
    public async Task FileThatIsGone_FailsForGood()
    {
        var outcome = await _host.ExecuteAsync(new ValueSet { ["file"] = "/no/such/file" });
        Assert.Equal((false, "/no/such/file is gone"), (outcome.Success, outcome.Text));
    }
}

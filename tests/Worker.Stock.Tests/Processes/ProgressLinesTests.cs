using System.Text;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Tests.Processes;

public sealed class ProgressLinesTests
{
    private readonly List<(double Percent, string Message)> _reports = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void HoweverItIsCut_MarksAreTaken_AndTheRestPasses(int size)
    {
        const string Text = "a\n##progress 10\n##progress 20.5 two words\n ##progress 30\n##progress x\n##\n##progress 101\n\nend ##progress 40\n##progress 50";
        var lines = new ProgressLines((percent, message) => _reports.Add((percent, message)));
        var output = string.Concat(Encoding.UTF8.GetBytes(Text).Chunk(size).Select(piece => Encoding.UTF8.GetString(lines.Take(piece)))) + Encoding.UTF8.GetString(lines.Rest());
        Assert.Equal("a\n ##progress 30\n##progress x\n##\n##progress 101\n\nend ##progress 40\n", output);
        Assert.Equal([(10, ""), (20.5, "two words"), (50, "")], _reports);
    }

    [Fact]
    public void ALineWithoutEnd_IsNotHeldForEver()
    {
        var lines = new ProgressLines((_, _) => { });
        var text = Encoding.UTF8.GetBytes("##progress 5 " + new string('x', 5000));
        Assert.Equal(text, (byte[])[.. lines.Take(text), .. lines.Rest()]);
    }
}

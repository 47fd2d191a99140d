using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>Which jobs an action on many is for.</summary>
public class FilterTests
{
    [Fact]
    public void Filter_IsReadFromOneWord()
    {
        var filter = FilterText.Read("type=command,type=script,state=failed,reason=timeout,worker=w-1,label=env=ci,text=disk");
        Assert.Equal(["command", "script"], filter.JobTypes);
        Assert.Equal([JobState.Failed], filter.States);
        Assert.Equal(["timeout"], filter.Reasons);
        Assert.Equal(("w-1", "ci", "disk"), (filter.WorkerId, filter.Labels["env"], filter.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("command")]
    [InlineData("colour=red")]
    [InlineData("state=done")]
    [InlineData("state=4")]
    [InlineData("state=pending|assigned")]
    [InlineData("label=env")]
    [InlineData("type=command,group=")]
    [InlineData("type=command,worker=")]
    [InlineData("type=command,label=env=ci,text=")]
    [InlineData("type=")]
    [InlineData("worker=a,worker=b")]
    [InlineData("label=env=a,label=env=b")]
    public void Filter_ThatSaysNotWhich_IsRefused(string text) => Assert.Equal(ExitCodes.Usage, Assert.Throws<ToolException>(() => FilterText.Read(text)).ExitCode);

    [Fact]
    public void StatesInOneWord_AreNoneByTheirNumbers() => Assert.Throws<ToolException>(() => FilterText.State("pending,assigned"));

    [Theory]
    [InlineData("running", JobState.Running)]
    [InlineData("JOB_STATE_RUNNING", JobState.Running)]
    [InlineData("Canceled", JobState.Canceled)]
    public void State_IsReadAsPeopleAndProgramsWriteIt(string text, JobState state) => Assert.Equal(state, FilterText.State(text));
}

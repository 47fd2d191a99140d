using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

/// <summary>Commands that the policy of a job type does not allow are refused before they queue.</summary>
public sealed class CommandPolicyTests : IDisposable
{
    private static readonly FormSchema Policy = new("a", "A", "",
    [
        new SectionSchema("policy", "Policy", "", [List("allowed_commands"), List("blocked_commands"), new FieldSchema { Name = "allow_shell", Type = FieldType.Bool }]),
    ], ConfigValues.Empty.With("blocked_commands", new ConfigValue.TextList(["reboot", "mkfs*"])));

    private static readonly FormSchema Jobs = new("w", "W", "",
    [
        new SectionSchema("job", "Job", "", [new FieldSchema { Name = "command", Type = FieldType.Text, Required = true }, new FieldSchema { Name = "shell", Type = FieldType.Bool }]),
    ], ConfigValues.Empty);

    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Theory]
    [InlineData("ls", "", "", true)]
    [InlineData("reboot", "", "reboot", false)]
    [InlineData("/sbin/reboot", "", "reboot", false)]
    [InlineData("/sbin/reboot", "", "/sbin/reboot", false)]
    [InlineData("rebooter", "", "reboot", true)]
    [InlineData("Reboot", "", "reboot", true)]
    [InlineData("mkfs.ext4", "", "mkfs*", false)]
    [InlineData("ls", "cat", "", false)]
    [InlineData("/usr/bin/cat", "c?t", "", true)]
    [InlineData("caat", "c?t", "", false)]
    [InlineData("/opt/tools/check", "/opt/tools/*", "", true)]
    [InlineData("cat", "*", "cat", false)]
    [InlineData(@"a\b", @"a\?", "", true)]
    [InlineData(@"a?b", @"a\?b", "", false)]
    public void BlockWins_AndAnEmptyAllowListAllowsAll(string command, string allowed, string blocked, bool runs)
    {
        var error = new CommandPolicy(Patterns(allowed), Patterns(blocked), ForbidsShell: false).Check(Run(command));
        Assert.Equal(runs ? "" : "submission command policy", error is null ? "" : $"{error.Form} {error.Path} {error.Code}");
    }

    [Theory]
    [InlineData("ls | sort", true, "shell")]
    [InlineData(" reboot; ls", false, "command")]
    [InlineData("ls | sort", false, null)]
    public void Shell_MustBeAllowed_AndItsFirstWordIsTheName(string line, bool forbidden, string? field) =>
        Assert.Equal(field, new CommandPolicy([], ["reboot"], forbidden).Check(Run(line, shell: true))?.Path);

    [Fact]
    public void BlockedCommand_IsRefused_HoweverItIsSubmitted_AndTheQueueStays()
    {
        Connect();
        Refused(_admin.Send(Submit("/sbin/reboot")).Refusal);
        Refused(_admin.Send(Submit("reboot") with { DryRun = true }).Refusal);
        Refused(_admin.Send(Submit("ls") with { RetryOf = new JobId("old"), HasNewParameters = true, Payload = new JobPayload("", Run("mkfs.xfs")) }).Refusal);
        Refused(_admin.Send(Submit("reboot") with { RetryOf = new JobId("old") }).Refusal);
        Refused(_admin.Send(new SubmitGroup(Actor.LocalRest, Submit("reboot"), 3)).Refusal);
        Refused(_admin.Send(new SaveSchedule(Actor.LocalRest, new ScheduleSpec("nightly", new ScheduleRule.Every(TimeSpan.FromHours(1)), new JobTemplate("echo", new JobPayload("", Run("reboot")))), null, null)).Refusal);
        Assert.Empty(_admin.State.Jobs);
        Assert.True(_admin.Send(Submit("ls")).IsAccepted);
    }

    [Fact]
    public void NumberOfAMember_IsPartOfTheName()
    {
        Connect();
        Save("blocked_commands", new ConfigValue.TextList(["tool-2"]));
        Refused(_admin.Send(new SubmitGroup(Actor.LocalRest, Submit("tool-${index}"), 3)).Refusal);
        Assert.True(_admin.Send(new SubmitGroup(Actor.LocalRest, Submit("tool-${index}"), 2)).IsAccepted);
    }

    [Fact]
    public void SavedLists_CountFromTheirSaveOn()
    {
        Connect();
        Save("blocked_commands", new ConfigValue.TextList([]));
        Assert.True(_admin.Send(Submit("reboot")).IsAccepted);
        Save("allowed_commands", new ConfigValue.TextList(["ls"]));
        Refused(_admin.Send(Submit("reboot")).Refusal);
    }

    [Fact]
    public void TypeWithoutSuchLists_RunsWhatItsWorkersRun()
    {
        _admin.ConnectDescribed();
        Assert.True(_admin.Send(Submit("reboot")).IsAccepted);
    }

    private static void Refused(Refusal? refusal)
    {
        Assert.Equal(RefusalCode.Invalid, refusal!.Code);
        Assert.Equal("command", Assert.Single(refusal.Fields).Path);
    }

    private void Connect() => _admin.Connect().Describe(change: described => described with { AdminForm = Policy, WorkerForm = Jobs });

    private void Save(string name, ConfigValue value) =>
        Assert.True(_admin.Send(new SaveConfig(Actor.LocalRest, "echo", null, ConfigValues.Empty.With(name, value), ConfigValues.Empty, null, "")).IsAccepted);

    private static SubmitJob Submit(string command) => new(Actor.LocalRest, "echo", JobOrigin.Rest, new JobPayload("", Run(command)));

    private static ConfigValues Run(string command, bool shell = false) =>
        ConfigValues.Empty.With("command", new ConfigValue.Text(command)).With("shell", new ConfigValue.Bool(shell));

    private static string[] Patterns(string list) => list.Length == 0 ? [] : [list];

    private static FieldSchema List(string name) => new() { Name = name, Type = FieldType.List };
}

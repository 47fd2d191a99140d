using System.Reflection;
using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Backups;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Operations;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorPluginAdmin.Server.Core.Tests.Security;

/// <summary>What each command asks of its author, and that the door asks for it.</summary>
public sealed class PermissionTests : IDisposable
{
    private static readonly Actor Viewer = Actor.LocalUi with { Role = Role.Viewer };

    /// <summary>Whoever adds a command decides here who may; the names are part of the API.</summary>
    private static readonly (string Permission, string[] Commands)[] Reviewed =
    [
        ("jobs.submit", ["SubmitGroup", "SubmitJob"]),
        ("jobs.control", ["AdvanceBulk", "CancelGroup", "CancelJob", "DeleteView", "ExpireJob", "ForgetJob", "MuteFailure", "RetryNow", "SaveView", "SetLabels", "SetPriority", "StartBulk", "StopBulk", "UpdateJob"]),
        ("detection.run", ["CancelDetection", "RequestDetection"]),
        ("schedule.control", ["DeleteSchedule", "PauseJobType", "PauseSchedule", "ResumeSchedule", "RunScheduleNow", "SaveSchedule"]),
        ("workers.control", ["DrainWorker", "ForgetWorker", "PingWorker", "RefreshSchema"]),
        ("workers.admit", ["AdmitWorker"]),
        ("config.edit", ["AcceptForms", "ArchiveJobType", "EnableJobType", "ForgetJobType", "SaveConfig", "SaveDispatch", "SetTimetable"]),
        ("config.secrets", ["RevealField"]),
        ("system.control", ["NoteBackup", "PauseScheduler", "PlaceJobType", "ResetLane", "SaveClusterSettings", "SaveLane", "SaveRetention"]),
    ];

    private static readonly MethodInfo Send = typeof(IAdmin).GetMethod(nameof(IAdmin.SendAsync))!;

    private readonly InMemoryAdminStore _store = new();
    private readonly AdminEngine _engine;
    private readonly ReadModelPublisher _views;
    private readonly Admin _admin;

    public PermissionTests()
    {
        _engine = new AdminEngine(_store, new RecordingLink(), new NoLaneLock(), new AdminOptions(), TimeProvider.System, new IdSource(new Random(1)), NullLogger<AdminEngine>.Instance);
        _views = new ReadModelPublisher(_engine, TimeProvider.System);
        _admin = new Admin(_engine, _store, _views);
    }

    public static TheoryData<string> Commands => [.. All.Select(command => command.Name)];

    public void Dispose()
    {
        _views.Dispose();
        _engine.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void EveryCommand_NeedsWhatWasReviewed()
    {
        var found = All.GroupBy(command => Needs(Make(command, Actor.LocalUi)).Name).ToDictionary(group => group.Key, group => group.Select(command => command.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Permission.All.Select(permission => permission.Name), Reviewed.Select(row => row.Permission));
        Assert.All(Reviewed, row => Assert.Equal(row.Commands, found[row.Permission]));
        Assert.Equal(Reviewed.Length, found.Count);
    }

    /// <summary>A detection with values that are not saved runs them on a worker: whoever may not save them may not try them.</summary>
    [Fact]
    public void TestOfValues_NeedsWhatSavingThemNeeds() =>
        Assert.Equal(Permission.ConfigEdit, new RequestDetection(Viewer, "echo", DetectionMode.Test, Override: new ConfigOverride(ConfigValues.Empty, ConfigValues.Empty)).Needs);

    [Fact]
    public void Roles_MayWhatWasReviewed()
    {
        Assert.Equal(["viewer", "operator", "admin"], Role.All.Select(role => role.Name));
        Assert.Empty(Role.Viewer.Permissions);
        Assert.Equal(["jobs.submit", "jobs.control", "detection.run", "schedule.control", "workers.control"], Role.Operator.Permissions.Select(permission => permission.Name));
        Assert.Equal(Permission.All, Role.Admin.Permissions);
    }

    /// <summary>The engine is not even asked: it stands still meanwhile, so that an answer can only come from the door, and has nothing to do afterwards.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Viewer_IsRefused_AtTheDoor(string name)
    {
        var command = All.Single(known => known.Name == name);
        Settle();
        var before = _engine.States.Current;
        var made = Make(command, Viewer);
        var reply = Send.MakeGenericMethod(ReplyOf(command)).Invoke(_admin, [made, CancellationToken.None])!;
        if (command == typeof(AdvanceBulk))
        {
            return; // Of the admin itself: there is nobody in it to refuse.
        }

        var refusal = (Refusal)((dynamic)await (dynamic)reply).Refusal;
        Assert.Equal((RefusalCode.PermissionDenied, $"this needs {Needs(made)}, which the role viewer does not have. Nothing was changed; use the admin's own address, or ask somebody who may"), (refusal.Code, refusal.Text));
        Assert.False(_engine.Round());
        Assert.Same(before.Value, _engine.States.Current.Value);
    }

    [Fact]
    public async Task Retry_AsksForControl_AndForSubmission()
    {
        Assert.Equal(RefusalCode.PermissionDenied, (await _admin.RetryAsync(Viewer, new JobId("job-1"), CancellationToken.None)).Refusal!.Code);
        Assert.Equal(RefusalCode.NotFound, (await _admin.RetryAsync(Viewer with { Role = Role.Operator }, new JobId("job-1"), CancellationToken.None)).Refusal!.Code);
    }

    [Fact]
    public async Task Operator_ActsOnJobs_ButChangesNoConfig()
    {
        var by = Actor.LocalUi with { Role = Role.Operator };
        var refusal = (await _admin.SendAsync(new SaveConfig(by, "echo", null, ConfigValues.Empty, ConfigValues.Empty, null, ""), CancellationToken.None)).Refusal!;
        Assert.StartsWith("this needs config.edit, which the role operator does not have", refusal.Text, StringComparison.Ordinal);
        var asked = _admin.SendAsync(new CancelJob(by, new JobId("job-1"), ""), CancellationToken.None);
        Settle();
        Assert.Equal(RefusalCode.NotFound, (await asked).Refusal!.Code);
    }

    [Fact]
    public async Task NobodyInParticular_MayNothing()
    {
        var refusal = (await _admin.SendAsync(new RetryNow(default, new JobId("job-1")), CancellationToken.None)).Refusal!;
        Assert.Contains("somebody without a role", refusal.Text, StringComparison.Ordinal);
        Assert.Null(Principals.Actor(null, "ui", "nobody").Role);
    }

    /// <summary>Detections are kept with who asked for them, and read by a process that knows other roles, or by one from before there were any.</summary>
    [Fact]
    public void Role_IsNotStored()
    {
        var stored = JsonSerializer.Serialize(Actor.LocalUi);
        Assert.Equal("""{"Name":"operator","Via":"ui"}""", stored);
        Assert.Equal(Actor.LocalUi with { Role = null }, JsonSerializer.Deserialize<Actor>(stored));
    }

    /// <summary>Backups are no commands: they happen beside the engine.</summary>
    [Fact]
    public async Task Backups_AreNotForThoseWhoLook()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await using var backups = new BackupFolder(new BackupOptions(folder.FullName, 7), _store, _admin, TimeProvider.System);
            Refusal?[] refusals =
            [
                (await backups.MakeAsync(Viewer, CancellationToken.None)).Refusal, (await backups.DrillAsync(Viewer, "any", CancellationToken.None)).Refusal,
                (await backups.DeleteAsync(Viewer, "any", CancellationToken.None)).Refusal, backups.FileOf(Viewer, "any").Refusal,
            ];
            Assert.All(refusals, refusal => Assert.Equal(RefusalCode.PermissionDenied, refusal!.Code));
            Assert.Empty(folder.EnumerateFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Settle()
    {
        while (_engine.Round())
        {
        }
    }

    private static IEnumerable<Type> All => typeof(Command<>).Assembly.GetTypes().Where(type => !type.IsAbstract && CommandOf(type) is not null).OrderBy(type => type.Name, StringComparer.Ordinal);

    private static Type? CommandOf(Type type) => type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(Command<>) ? parent : null;

    private static Type ReplyOf(Type command) => CommandOf(command)!.GetGenericArguments()[0];

    private static Permission Needs(object command) => (Permission)command.GetType().GetProperty(nameof(Command<object>.Needs))!.GetValue(command)!;

    /// <summary>With nothing in it but its author.</summary>
    private static object Make(Type command, Actor by)
    {
        var constructor = command.GetConstructors().MaxBy(known => known.GetParameters().Length)!;
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.ParameterType == typeof(Actor) ? by : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null)]);
    }
}

using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Tests.Schedules;

/// <summary>Why somebody holds something up is kept and shown: what is no text, or a book, is refused before anything is held.</summary>
public sealed class ReasonTests
{
    public static TheoryData<string> Odd { get; } = ["a\0b", new string('x', 100_000)];

    [Theory]
    [MemberData(nameof(Odd))]
    public void ReasonThatIsNone_HoldsNothingUp(string reason)
    {
        using var scene = new ScheduleScene();
        var worker = scene.Admin.Connect();
        var schedule = scene.Save();
        Refused(new PauseSchedule(ScheduleScene.Author, schedule.Id, reason));
        Refused(new PauseJobType(ScheduleScene.Author, "echo", true, reason, null));
        Refused(new PauseScheduler(ScheduleScene.Author, true, reason, null));
        Refused(new DrainWorker(ScheduleScene.Author, worker.Id, true, reason));

        void Refused<T>(Command<T> command)
        {
            var before = scene.Admin.State;
            var refusal = scene.Admin.Send(command).Refusal;
            Assert.Equal((RefusalCode.Invalid, "reason"), (refusal?.Code, refusal?.Fields[0].Field));
            Assert.Same(before, scene.Admin.State);
        }
    }
}

using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Schedules;

/// <summary>An admin with the job type echo, and schedules of it. Without a worker its jobs just wait.</summary>
internal sealed class ScheduleScene : IDisposable
{
    public static readonly Actor Author = Actor.LocalRest with { Name = "ann" };

    public ScheduleScene(Func<Descriptor, Descriptor>? descriptor = null, AdminOptions? options = null)
    {
        Admin = new AdminHarness(options: options);
        var worker = Admin.Connect();
        worker.Describe(change: descriptor);
        worker.Drop();
    }

    public AdminHarness Admin { get; }

    public List<Job> Jobs => [.. Admin.State.Jobs.Values.Where(job => job.Origin == JobOrigin.Schedule).OrderBy(job => job.CreatedAt).ThenBy(job => job.Id)];

    public static ScheduleSpec Spec(string name = "nightly") =>
        new(name, new ScheduleRule.Every(TimeSpan.FromHours(1)), new JobTemplate("echo", new JobPayload("", ConfigValues.Empty.With("say", new ConfigValue.Text("hi")))));

    public JobSchedule Save(Func<ScheduleSpec, ScheduleSpec>? change = null, JobSchedule? before = null, long? version = null)
    {
        var reply = Try(change, before, version);
        return reply.IsAccepted ? reply.Value.Schedule : throw new InvalidOperationException(reply.Refusal.Text);
    }

    public Reply<SavedSchedule> Try(Func<ScheduleSpec, ScheduleSpec>? change = null, JobSchedule? before = null, long? version = null)
    {
        var spec = before?.Spec ?? Spec();
        return Admin.Send(new SaveSchedule(Author, change?.Invoke(spec) ?? spec, before?.Id, version));
    }

    public JobSchedule Now(JobSchedule schedule) => Admin.State.Schedules.All[schedule.Id];

    /// <summary>In one leap of both clocks: what is due on the way is done at its end.</summary>
    public void Leap(TimeSpan by)
    {
        Admin.Time.Advance(by);
        Admin.Settle();
    }

    /// <summary>In steps of half a minute.</summary>
    public void Advance(TimeSpan by)
    {
        for (var left = by; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(30))
        {
            Leap(left < TimeSpan.FromSeconds(30) ? left : TimeSpan.FromSeconds(30));
        }
    }

    public void Dispose() => Admin.Dispose();
}

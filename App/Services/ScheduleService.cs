using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>Schedules of jobs: messages → commands, and back.</summary>
internal sealed class ScheduleService(IAdmin admin, SubmitService submissions, TimeProvider time)
{
    private const int UsualPreview = 5;
    private const int LongestPreview = 100;

    public async Task<V1.SaveScheduleResponse> SaveAsync(V1.SaveScheduleRequest request, CallContext call)
    {
        var spec = request.Spec ?? throw ClientErrors.Invalid("spec", "spec is required: what the schedule is");
        var template = JobTemplate.From(submissions.Command(spec.Job ?? throw ClientErrors.Invalid("job", "job is required: what is submitted"), call)).OrThrow() with
        {
            QueueTtl = ClientMapper.Span(spec.QueueTtl, "queue_ttl"),
            Deadline = ClientMapper.Span(spec.Deadline, "deadline"),
        };
        var command = new SaveSchedule(
            ClientActor.Of(call),
            new ScheduleSpec(spec.Name, ScheduleMapper.Rule(spec.Rule), template)
            {
                Overlap = ScheduleMapper.Overlap(spec.Overlap),
                CatchUp = ScheduleMapper.CatchUp(spec.CatchUp),
                Jitter = ClientMapper.Span(spec.Jitter, "jitter") ?? TimeSpan.Zero,
            },
            request.ScheduleId.Length > 0 ? Find(request.ScheduleId).Id : null,
            request.HasExpectedVersion ? request.ExpectedVersion : null)
        { DryRun = request.DryRun || spec.Job.DryRun };
        var saved = (await admin.SendAsync(command, call.CancellationToken)).OrThrow();
        return new V1.SaveScheduleResponse { Schedule = Shown(saved.Schedule), Warnings = { saved.Warnings } };
    }

    public Task<V1.GetScheduleResponse> GetAsync(V1.GetScheduleRequest request, CallContext call) => Task.FromResult(new V1.GetScheduleResponse { Schedule = Shown(Find(request.ScheduleId)) });

    public Task<V1.ListSchedulesResponse> ListAsync(V1.ListSchedulesRequest request, CallContext call)
    {
        var state = admin.States.Current.Value;
        return Task.FromResult(new V1.ListSchedulesResponse { Schedules = { ScheduleView.All(state.Schedules, state.Pause, []).Select(view => ScheduleMapper.Schedule(view, state)) } });
    }

    public async Task<V1.DeleteScheduleResponse> DeleteAsync(V1.DeleteScheduleRequest request, CallContext call) =>
        new() { Schedule = Shown((await admin.SendAsync(new DeleteSchedule(ClientActor.Of(call), Find(request.ScheduleId).Id), call.CancellationToken)).OrThrow()) };

    public async Task<V1.PauseScheduleResponse> PauseAsync(V1.PauseScheduleRequest request, CallContext call)
    {
        var id = Find(request.ScheduleId).Id;
        Command<JobSchedule> command = request.Paused
            ? new PauseSchedule(ClientActor.Of(call), id, request.Reason, ClientMapper.At(request.Until, "until"))
            : new ResumeSchedule(ClientActor.Of(call), id);
        return new V1.PauseScheduleResponse { Schedule = Shown((await admin.SendAsync(command, call.CancellationToken)).OrThrow()) };
    }

    public async Task<V1.RunScheduleResponse> RunNowAsync(V1.RunScheduleRequest request, CallContext call)
    {
        var job = (await admin.SendAsync(new RunScheduleNow(ClientActor.Of(call), Find(request.ScheduleId).Id), call.CancellationToken)).OrThrow();
        return new V1.RunScheduleResponse { Job = ClientMapper.Job(job, admin.Explain(job.Id)) };
    }

    public Task<V1.PreviewScheduleResponse> PreviewAsync(V1.PreviewScheduleRequest request, CallContext call)
    {
        if (request.Count is < 0 or > LongestPreview)
        {
            throw ClientErrors.Invalid("count", $"count is 1 to {LongestPreview}; 0 is {UsualPreview}");
        }

        if (request.Rule is not null && request.ScheduleId.Length > 0)
        {
            throw ClientErrors.Invalid("schedule_id", "rule and schedule_id exclude each other");
        }

        var rule = request.ScheduleId.Length > 0 ? Find(request.ScheduleId).Spec.Rule : ScheduleMapper.Rule(request.Rule);
        var now = ClientMapper.At(request.After, "after") ?? time.GetUtcNow();
        var runs = SchedulePreview.Of(rule, now, request.Count == 0 ? UsualPreview : request.Count).OrThrow();
        return Task.FromResult(new V1.PreviewScheduleResponse
        {
            Runs = { runs.Select(run => new V1.PlannedRun { At = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(run.At), Local = run.Local, Note = run.Note }) },
        });
    }

    private JobSchedule Find(string idOrName) => admin.States.Current.Value.Schedules.Find(idOrName) ?? throw ClientErrors.NotFound("schedule", idOrName);

    private V1.Schedule Shown(JobSchedule schedule)
    {
        var state = admin.States.Current.Value;
        return ScheduleMapper.Schedule(ScheduleView.One(schedule, state), state);
    }
}

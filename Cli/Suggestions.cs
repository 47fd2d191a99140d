using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli;

/// <summary>What a shell may complete besides verbs and options: asked of the admin once, quickly, and silently none when it does not answer.</summary>
internal sealed class Suggestions
{
    private const int NewestJobs = 50;

    public IReadOnlyList<string> JobTypes { get; private set; } = [];

    public IReadOnlyList<string> Workers { get; private set; } = [];

    public IReadOnlyList<string> Jobs { get; private set; } = [];

    public IReadOnlyList<string> Schedules { get; private set; } = [];

    public async Task FillAsync(Func<Profile> profile, Terminal terminal)
    {
        try
        {
            using var limit = new CancellationTokenSource(terminal.SuggestionLimit, terminal.Time);
            using var admin = Connection.Open(profile(), terminal.SuggestionLimit, terminal.Time);
            var types = admin.AskAsync(Calls.ListJobTypes, new ListJobTypesRequest(), limit.Token);
            var workers = admin.AskAsync(Calls.ListWorkers, new ListWorkersRequest(), limit.Token);
            var jobs = admin.AskAsync(Calls.List, new ListRequest { PageSize = NewestJobs }, limit.Token);
            var schedules = admin.AskAsync(Calls.ListSchedules, new ListSchedulesRequest(), limit.Token);
            await Task.WhenAll(EndedAsync(types), EndedAsync(workers), EndedAsync(jobs), EndedAsync(schedules));
            JobTypes = types.IsCompletedSuccessfully ? [.. (await types).JobTypes.Select(type => type.JobType_)] : [];
            Workers = workers.IsCompletedSuccessfully ? [.. (await workers).Workers.Select(worker => worker.WorkerId)] : [];
            Schedules = schedules.IsCompletedSuccessfully ? [.. (await schedules).Schedules.Select(schedule => schedule.Spec.Name)] : [];
            Jobs = jobs.IsCompletedSuccessfully ? [.. (await jobs).Jobs.Select(job => job.JobId)] : [];
        }
        catch (ToolException)
        {
            // No address, no suggestions.
        }
    }

    /// <summary>One call that fails does not take the answers of the others.</summary>
    private static async Task EndedAsync(Task call) => await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

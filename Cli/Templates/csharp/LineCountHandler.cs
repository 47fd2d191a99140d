using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.Wire;

namespace __Name__;

/// <summary>Counts the lines of the files of a folder, each file again when it has changed. Put your own work in its place.</summary>
public sealed class LineCountHandler : IJobHandler
{
    // The form people see, with its defaults. Sections named job are asked for when somebody submits a job by hand.
    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("__job_type__", "__title__", "Counts the lines of files.")
        .Worker(form => form
            .Section("where", "Where", "", section => section.Text("folder", "Folder", "On the machine of the worker.", "/var/log"))
            .Section("job", "Job", "", section => section.Text("file", "File", "The file to count.").Required()))
        .Runtime(runtime => { runtime.DetectionIntervalMinutes = 5; runtime.GlobalExecutionConcurrency = 4; runtime.PerWorkerExecutionConcurrency = 4; })
        .Build();

    // Looks for work. A key that is known already makes no second job.
    public async Task DetectAsync(DetectionContext context)
    {
        foreach (var file in new DirectoryInfo(context.Config.Text("folder")).EnumerateFiles().TakeWhile(_ => !context.IsFull))
        {
            await context.ProposeAsync(new Proposal
            {
                Id = file.FullName,
                DedupeKey = $"{file.FullName} {file.LastWriteTimeUtc.Ticks}",
                Summary = $"count {file.Name}",
                Parameters = new ValueSet { ["file"] = file.FullName },
            });
        }
    }

    // Does the work. An exception fails the attempt, and the admin tries again; running it twice must be safe.
    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        var file = context.Config.Text("file");
        if (!File.Exists(file))
        {
            return JobOutcome.Failed($"{file} is gone", permanent: true);
        }

        var lines = 0L;
        await foreach (var _ in File.ReadLinesAsync(file, context.Canceled))
        {
            lines++;
        }

        context.WriteLine($"{file} has {lines} lines");
        return JobOutcome.Succeeded($"{lines} lines", new ValueSet { ["lines"] = lines });
    }
}

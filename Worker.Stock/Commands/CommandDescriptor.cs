using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Commands;

/// <summary>The forms of command.</summary>
public static class CommandDescriptor
{
    public static JobTypeDescriptor Build() => new DescriptorBuilder("command", "Command", "Runs a program on a worker and keeps its output.", "fa-terminal")
        .Admin(form => form.Section("policy", "Policy", "A guard rail, not a sandbox: an allowed interpreter can run anything.", Policy))
        .Worker(form => form
            .Section("job", "Command", "", Job)
            .Section("job.result", "Result", "", ProcessFields.Result)
            .Section("process", "Process", "How commands run on the workers.", ProcessFields.Process))
        .Runtime(runtime =>
        {
            runtime.GlobalExecutionConcurrency = 64;
            runtime.PerWorkerExecutionConcurrency = 4;
            runtime.RetryBackoffSeconds = 5;
            runtime.ExecutionTimeoutSeconds = 300;
        })
        .Build();

    private static void Policy(SectionBuilder section)
    {
        section.List("allowed_commands", "Allowed commands", "Names or patterns with * and ?; empty allows all.", Array.Empty<string>()).MaxItems(256).Regex(@"[^\s]+");
        section.List("blocked_commands", "Blocked commands", "These win over the allowed ones.", new[] { "shutdown", "reboot", "poweroff", "halt", "mkfs*" }).MaxItems(256).Regex(@"[^\s]+");
        section.Toggle("allow_shell", "Allow shell", "Lets jobs run their command through /bin/sh.");
    }

    private static void Job(SectionBuilder section)
    {
        section.Text("command", "Command", "A program on the worker's PATH, or an absolute path.").Required().Placeholder("ls").MinLength(1).MaxLength(4096).Regex(@"[^\r\n]*", "one line only");
        section.Toggle("shell", "Run by shell", "Runs /bin/sh -c command; arguments become $1, $2 …");
        ProcessFields.Job(section);
    }
}

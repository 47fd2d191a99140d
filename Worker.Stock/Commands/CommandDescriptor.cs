using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Commands;

/// <summary>The forms of command.</summary>
public static class CommandDescriptor
{
    public static JobTypeDescriptor Build() => new DescriptorBuilder("command", "Command", "Runs a program on a worker and keeps its output.", "fa-terminal")
        .Admin(form => form.Section("policy", "Policy", "A guard rail, not a sandbox: an allowed interpreter can run anything.", Policy))
        .Worker(form => form
            .Section("job", "Command", "", Job)
            .Section("job.result", "Result", "", Result)
            .Section("process", "Process", "How commands run on the workers.", Process))
        .Runtime(new AdminRuntimeDefaults
        {
            Enabled = true,
            GlobalExecutionConcurrency = 64,
            PerWorkerExecutionConcurrency = 4,
            RetryBackoffSeconds = 5,
            ExecutionTimeoutSeconds = 300,
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
        section.List("args", "Arguments", "One per line.", Array.Empty<string>()).MaxItems(1024);
        section.Text("working_dir", "Working directory", "Empty: a fresh one that is removed afterwards.").Check("absolute_path");
        section.Map("env", "Environment", "Variables for the command.").MaxItems(256).Check("env_names");
        section.Bytes("stdin", "Standard input", "Given to the command.").MaxLength(1_048_576);
    }

    private static void Result(SectionBuilder section)
    {
        section.List("success_exit_codes", "Exit codes of success", "0 to 255.", new[] { 0L }).Range(0L, 255L).MinItems(1).MaxItems(32).Field.Widget = ConfigWidget.Text;
        section.Toggle("merge_stderr", "Merge stderr into stdout", "Keeps the order in which the two were written.");
        section.Duration("kill_grace", "Kill grace", "From SIGTERM to SIGKILL, for the whole process group.", TimeSpan.FromSeconds(10)).Range(TimeSpan.Zero, TimeSpan.FromSeconds(300));
    }

    private static void Process(SectionBuilder section)
    {
        section.Toggle("inherit_env", "Inherit environment", "Commands see the worker's own variables.", true);
        section.List("pass_env", "Pass variables", "The only ones passed on.", new[] { "PATH", "HOME", "LANG", "TZ", "TMPDIR" }).VisibleWhen("inherit_env", false);
        section.Integer("niceness", "Niceness", "0 = as important as the worker, 19 = least.", 5).Range(0L, 19L);
        section.Integer("memory_limit_mib", "Memory limit (MiB)", "Resident size of the process group; 0 = none.", 0).Range(0L, 1_048_576L);
        section.Integer("max_output_mib", "Output limit (MiB)", "Kept per attempt, both streams together.", 16).Range(1L, 1024L);
    }
}

using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>The fields that command and script share.</summary>
internal static class ProcessFields
{
    public static void Job(SectionBuilder section)
    {
        section.List("args", "Arguments", "One per line.", Array.Empty<string>()).MaxItems(1024);
        section.Text("working_dir", "Working directory", "Empty: a fresh one that is removed afterwards.").Check("absolute_path");
        section.Map("env", "Environment", "Variables for the process.").MaxItems(256).Check("env_names");
        section.Bytes("stdin", "Standard input", "Given to the process.").MaxLength(1_048_576);
    }

    public static void Result(SectionBuilder section)
    {
        section.List("success_exit_codes", "Exit codes of success", "0 to 255.", new[] { 0L }).Range(0L, 255L).MinItems(1).MaxItems(32).Field.Widget = ConfigWidget.Text;
        section.Toggle("merge_stderr", "Merge stderr into stdout", "Keeps the order in which the two were written.");
        section.Duration("kill_grace", "Kill grace", "From SIGTERM to SIGKILL, for the whole process group.", TimeSpan.FromSeconds(10)).Range(TimeSpan.Zero, TimeSpan.FromSeconds(300));
    }

    public static void Process(SectionBuilder section)
    {
        section.Toggle("inherit_env", "Inherit environment", "Processes see the worker's own variables.", true);
        section.List("pass_env", "Pass variables", "The only ones passed on.", new[] { "PATH", "HOME", "LANG", "TZ", "TMPDIR" }).VisibleWhen("inherit_env", false);
        section.Integer("niceness", "Niceness", "0 = as important as the worker, 19 = least.", 5).Range(0L, 19L);
        section.Integer("memory_limit_mib", "Memory limit (MiB)", "Resident size of the process group; 0 = none.", 0).Range(0L, 1_048_576L);
        section.Integer("max_output_mib", "Output limit (MiB)", "Kept per attempt, both streams together.", 16).Range(1L, 1024L);
    }
}

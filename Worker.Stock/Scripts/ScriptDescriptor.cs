using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Scripts;

/// <summary>The forms of script; the interpreters that can be chosen are those of the worker's machine.</summary>
public static class ScriptDescriptor
{
    private static readonly Dictionary<string, string> Labels = new(StringComparer.Ordinal) { ["bash"] = "Bash", ["python"] = "Python", ["node"] = "Node.js" };

    public static JobTypeDescriptor Build(Interpreters interpreters) => new DescriptorBuilder("script", "Script", "Runs a Bash, Python or Node.js script on a worker and keeps its output.", "fa-code")
        .Worker(form => form
            .Section("job", "Script", "", section => Job(section, interpreters))
            .Section("job.result", "Result", "", ProcessFields.Result)
            .Section("process", "Process", "How scripts run on the workers.", ProcessFields.Process)
            .Section("interpreters", "Interpreters", "What runs the scripts. An interpreter can run anything the worker's account may.", section => Interpreters(section, interpreters)))
        .Admin(_ => { })
        .Runtime(runtime =>
        {
            runtime.GlobalExecutionConcurrency = 64;
            runtime.PerWorkerExecutionConcurrency = 4;
            runtime.RetryBackoffSeconds = 5;
            runtime.ExecutionTimeoutSeconds = 300;
        })
        .Build();

    private static void Job(SectionBuilder section, Interpreters interpreters)
    {
        var found = interpreters.Found.Select(one => one.Name).ToList();
        var first = found.Contains("bash") ? "bash" : found.FirstOrDefault("bash");
        var field = section.Select("interpreter", "Interpreter", "Each worker carries a label interpreter.NAME with the version it has.", first, [.. found.Select(name => (name, Labels.GetValueOrDefault(name, name)))]);
        foreach (var missing in Scripts.Interpreters.Known.Except(found))
        {
            field.DisabledOption(missing, Labels[missing], "not installed");
        }

        section.TextArea("source", "Source", "The script itself.").Required().MinLength(1).MaxLength(262_144);
        section.Toggle("strict", "Strict", "Ends at the first error, unset variable or failing part of a pipe (set -euo pipefail).", true).VisibleWhen("interpreter", "bash");
        section.Toggle("isolated", "Isolated", "Without PYTHON* variables and the user's packages (-I).").VisibleWhen("interpreter", "python");
        section.Select("module_kind", "Module kind", "How import and require work.", "commonjs", ("commonjs", "CommonJS (require)"), ("module", "ES module (import)")).VisibleWhen("interpreter", "node");
        section.Toggle("parse_progress", "Progress lines", "Lines such as ##progress 40 copying become progress instead of output.");
        ProcessFields.Job(section);
    }

    private static void Interpreters(SectionBuilder section, Interpreters interpreters)
    {
        section.Map("table", "Table", "Name → path, or name on the worker's PATH. Names beyond those that can be chosen come with the worker's --interpreter NAME=PATH.", interpreters.Table.Select(entry => KeyValuePair.Create(entry.Key, (Value)entry.Value))).MinItems(1).MaxItems(16);
        var found = section.List("found", "Found", "Versions at the start of the worker that described this form.", interpreters.Found.Select(one => $"{one.Name} {one.Version}").ToArray()).ReadOnly();
        found.Field.Widget = ConfigWidget.Text;
    }
}

using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Text;

/// <summary>A filter in one word, for actions on many jobs: <c>type=command,reason=timeout,label=env=ci</c>.</summary>
internal static class FilterText
{
    /// <summary>A key several times: one of the values is enough; a label, or what a filter holds only once, is there once.</summary>
    /// <exception cref="ToolException">
    /// An unknown key or state, a key without a value (it would mean more jobs, as of a variable that was not set), or nothing at all: an action
    /// on every job there is must be said some other way.
    /// </exception>
    public static JobFilter Read(string text)
    {
        var filter = new JobFilter();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (key, value) = Pairs.Split(part, "--filter");
            if (value.Length == 0)
                throw ToolException.Usage($"--filter {part}: a value is missing");
            switch (key)
            {
                case "type": filter.JobTypes.Add(value); break;
                case "state": filter.States.Add(State(value)); break;
                case "phase": filter.Phases.Add(value); break;
                case "reason": filter.Reasons.Add(value); break;
                case "origin": filter.Origins.Add(value); break;
                case "worker": filter.WorkerId = Once(key, filter.WorkerId, value); break;
                case "group": filter.GroupId = Once(key, filter.GroupId, value); break;
                case "lane": filter.Lane = Once(key, filter.Lane, value); break;
                case "text": filter.Text = Once(key, filter.Text, value); break;
                case "label":
                    var (name, wanted) = Pairs.Split(value, "--filter label");
                    filter.Labels[name] = filter.Labels.ContainsKey(name) ? throw Twice($"label={name}") : wanted;
                    break;
                default: throw ToolException.Usage($"--filter {key}: one of type, state, phase, reason, origin, worker, group, lane, text, label");
            }
        }

        return filter.Equals(new JobFilter()) ? throw ToolException.Usage("--filter: say which jobs, as in type=command,reason=timeout") : filter;
    }

    private static string Once(string key, string before, string value) => before.Length == 0 ? value : throw Twice(key);

    private static ToolException Twice(string key) => ToolException.Usage($"--filter {key}: only one can be wanted at a time");

    public static JobState State(string text) => JobText.TryReadState(text, out var state)
        ? state
        : throw ToolException.Usage($"state {text}: one of pending, assigned, running, succeeded, failed, canceled");
}

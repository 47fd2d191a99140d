using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli.Text;

/// <summary>A filter in one word, for actions on many jobs: <c>type=command,reason=timeout,label=env=ci</c>.</summary>
internal static class FilterText
{
    /// <summary>A key several times: one of the values is enough.</summary>
    /// <exception cref="ToolException">An unknown key or state, or nothing at all: an action on every job there is must be said some other way.</exception>
    public static JobFilter Read(string text)
    {
        var filter = new JobFilter();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (key, value) = Pairs.Split(part, "--filter");
            switch (key)
            {
                case "type": filter.JobTypes.Add(value); break;
                case "state": filter.States.Add(State(value)); break;
                case "phase": filter.Phases.Add(value); break;
                case "reason": filter.Reasons.Add(value); break;
                case "origin": filter.Origins.Add(value); break;
                case "worker": filter.WorkerId = value; break;
                case "group": filter.GroupId = value; break;
                case "lane": filter.Lane = value; break;
                case "text": filter.Text = value; break;
                case "label": Pairs.Fill(filter.Labels, [value], "--filter label"); break;
                default: throw ToolException.Usage($"--filter {key}: one of type, state, phase, reason, origin, worker, group, lane, text, label");
            }
        }

        return filter.Equals(new JobFilter()) ? throw ToolException.Usage("--filter: say which jobs, as in type=command,reason=timeout") : filter;
    }

    public static JobState State(string text) => JobText.TryReadState(text, out var state)
        ? state
        : throw ToolException.Usage($"state {text}: one of pending, assigned, running, succeeded, failed, canceled");
}

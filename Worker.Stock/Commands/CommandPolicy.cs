using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Commands;

/// <summary>
/// Which commands may run: names as given and their last path segment are compared, <c>*</c> and <c>?</c> are wildcards,
/// a block wins, an empty allow list allows all. A guard rail, not a sandbox: an allowed interpreter can run anything.
/// An admin may refuse the same at submission; that does not make this superfluous, because a worker trusts no admin to have
/// done so and shares no code with one.
/// </summary>
public sealed record CommandPolicy(IReadOnlyList<string> Allowed, IReadOnlyList<string> Blocked, bool AllowShell)
{
    /// <summary>Why the command may not run, or null.</summary>
    public string? Refusal(string command, bool shell)
    {
        if (shell && !AllowShell)
        {
            return "shell is not allowed here; an administrator can allow it in the policy of the job type";
        }

        var name = shell ? command.TrimStart().Split([' ', '\t', ';', '|', '&'], 2)[0] : command;
        if (Blocked.FirstOrDefault(pattern => Matches(pattern, name)) is { } blocked)
        {
            return $"{name} is blocked by the policy ({blocked})";
        }

        return Allowed.Count == 0 || Allowed.Any(pattern => Matches(pattern, name)) ? null : $"{name} is not among the allowed commands";
    }

    private static bool Matches(string pattern, string name) => Wildcard.IsMatch(pattern, name) || Wildcard.IsMatch(pattern, Path.GetFileName(name));
}

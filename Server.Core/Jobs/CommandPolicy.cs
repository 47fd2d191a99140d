using System.IO.Enumeration;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>
/// Which commands may be submitted, for any job type whose admin form has one of the three fields and whose jobs name a command.
/// Names as given and their last part are compared, <c>*</c> and <c>?</c> are wildcards, a block wins, an empty allow list allows
/// all. A guard rail, not a sandbox: an allowed interpreter can run anything. Pure.
/// </summary>
/// <remarks>
/// The worker asks the same of what it is handed, with the lists it is handed: it must not rely on an admin, nor reference its code,
/// and a job may have waited since before the lists changed. What is refused here never queues.
/// </remarks>
/// <param name="ForbidsShell">The form has <c>allow_shell</c>, and it is off.</param>
public sealed record CommandPolicy(IReadOnlyList<string> Allowed, IReadOnlyList<string> Blocked, bool ForbidsShell)
{
    private const string Command = "command";
    private const string Shell = "shell";
    private const string AllowedCommands = "allowed_commands";
    private const string BlockedCommands = "blocked_commands";
    private const string AllowShell = "allow_shell";

    /// <summary>What ends the name of a program in a line for the shell.</summary>
    private static readonly char[] NameEnds = [' ', '\t', ';', '|', '&'];

    /// <summary>Null: the type has none.</summary>
    public static CommandPolicy? Of(JobType type)
    {
        if (type.Descriptor?.AdminForm is not { } form || !form.Fields.Any(field => field.Name is AllowedCommands or BlockedCommands or AllowShell))
        {
            return null;
        }

        var values = FormDefaults.Admin(type.Descriptor, type.Config?.AdminValues ?? ConfigValues.Empty);
        return new CommandPolicy(
            Patterns(values.Find(AllowedCommands)),
            Patterns(values.Find(BlockedCommands)),
            form.Fields.Any(field => field.Name == AllowShell) && values.Find(AllowShell) is not ConfigValue.Bool { Value: true });
    }

    /// <summary>Empty: these parameters name none.</summary>
    public static string CommandOf(ConfigValues parameters) => parameters.Find(Command) is ConfigValue.Text text ? text.Value : "";

    /// <summary>Why a job with these parameters is refused; null when it is not.</summary>
    public FieldError? Check(ConfigValues parameters)
    {
        if (CommandOf(parameters) is not { Length: > 0 } command)
        {
            return null;
        }

        var byShell = parameters.Find(Shell) is ConfigValue.Bool { Value: true };
        if (byShell && ForbidsShell)
        {
            return Error(Shell, "shell is not allowed here; an administrator can allow it in the policy of the job type");
        }

        var name = byShell ? command.TrimStart().Split(NameEnds, 2)[0] : command;
        if (Blocked.FirstOrDefault(pattern => Matches(pattern, name)) is { } blocked)
        {
            return Error(Command, $"{Shown(name)} is blocked by the policy ({blocked})");
        }

        return Allowed.Count == 0 || Allowed.Any(pattern => Matches(pattern, name)) ? null : Error(Command, $"{Shown(name)} is not among the allowed commands");
    }

    private static string[] Patterns(ConfigValue? list) => list is null ? [] : [.. FieldKinds.ElementsOf(list).OfType<ConfigValue.Text>().Select(text => text.Value)];

    private static bool Matches(string pattern, string name)
    {
        // A backslash is no escape here.
        var expression = pattern.Replace(@"\", @"\\", StringComparison.Ordinal);
        return FileSystemName.MatchesSimpleExpression(expression, name, ignoreCase: false)
            || FileSystemName.MatchesSimpleExpression(expression, name.AsSpan(name.LastIndexOf('/') + 1), ignoreCase: false);
    }

    private static string Shown(string name) => ConfigValueText.Short(new ConfigValue.Text(name), 128);

    private static FieldError Error(string field, string message) => new(FieldError.NameOf(FormKind.Submission), field, FieldErrorCodes.Policy, message);
}

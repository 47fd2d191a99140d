using System.CommandLine;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>Scripts that let a shell complete verbs, options, job types, workers and job ids.</summary>
internal static class CompletionCommand
{
    private const string Directive = "[suggest:";

    /// <summary>No compgen -W: it would run what names of the admin have in $(…). Quoted, so that a name stays one word.</summary>
    private const string Bash = """
        _pluginctl() {
          local line=${COMP_LINE#* } cur=${COMP_WORDS[COMP_CWORD]} word quoted
          local at=$((COMP_POINT - ${#COMP_LINE} + ${#line}))
          COMPREPLY=()
          while IFS= read -r word; do
            [[ $word ]] || continue
            printf -v quoted %q "$word"
            if [[ $word == "$cur"* || $quoted == "$cur"* ]]; then COMPREPLY+=("$quoted"); fi
          done < <("$1" "[suggest:$at]" "$line" 2>/dev/null)
        }
        complete -o default -F _pluginctl pluginctl
        """;

    private const string Zsh = """
        #compdef pluginctl
        _pluginctl() {
          local line="${BUFFER#* }"
          local at=$((CURSOR - ${#BUFFER} + ${#line}))
          local -a found
          found=("${(@f)$("${words[1]}" "[suggest:$at]" "$line" 2>/dev/null)}")
          compadd -a found
        }
        compdef _pluginctl pluginctl
        """;

    private const string Fish = """
        function __pluginctl
          set -l line (commandline -cp | string replace -r '^\S+\s?' '')
          pluginctl "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c pluginctl -f -a '(__pluginctl)'
        """;

    public static Command Build(Tool tool)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish", HelpName = "SHELL" };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        var verb = tool.Verb("completion", "A script that completes what you type.", call =>
        {
            call.Say(call.Value(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                var other => throw ToolException.Usage($"completion {other}: one of bash, zsh, fish"),
            });
            return Task.FromResult(ExitCodes.Done);
        }, "source <(pluginctl completion bash)", "pluginctl completion fish > ~/.config/fish/completions/pluginctl.fish");
        verb.Arguments.Add(shell);
        return verb;
    }

    /// <summary>The line a shell wants to be completed, without the tool's own name; null when this is no such call.</summary>
    public static string? Line(IReadOnlyList<string> arguments) =>
        arguments.Count > 0 && arguments[0].StartsWith(Directive, StringComparison.Ordinal) ? arguments.ElementAtOrDefault(1) ?? "" : null;
}

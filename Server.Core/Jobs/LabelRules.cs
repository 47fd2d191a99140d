using System.Collections.Immutable;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Which labels people may give a job.</summary>
public static partial class LabelRules
{
    public const int Most = 64;
    public const int LongestValue = 256;

    public static IEnumerable<FieldError> Check(ImmutableSortedDictionary<string, string>? labels)
    {
        if (labels is null)
        {
            yield break;
        }

        if (labels.Count > Most)
        {
            yield return SubmitRules.Error("labels", FieldErrorCodes.MaxItems, $"a job may have {Most} labels");
            yield break;
        }

        foreach (var (name, value) in labels)
        {
            if (!Name().IsMatch(name))
            {
                yield return SubmitRules.Error($"labels.{Shown(name)}", FieldErrorCodes.Regex, "a label has a name of 1 to 63 of A-Z a-z 0-9 . _ / -") with { Field = "labels" };
            }
            else if (value.Length > LongestValue || value.Contains('\0', StringComparison.Ordinal))
            {
                yield return SubmitRules.Error($"labels.{name}", FieldErrorCodes.MaxLength, $"the value of a label has at most {LongestValue} characters and no NUL") with { Field = "labels" };
            }
        }
    }

    private static string Shown(string name) => name.Length <= 63 ? name : name[..63];

    [GeneratedRegex(@"\A(require\.)?[a-zA-Z0-9._/-]{1,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>Since when a secret has the value it has, and who gave it.</summary>
public sealed record SecretOrigin(DateTimeOffset At, string By);

/// <summary>Which saved version a secret dates from, found by comparing versions; the secret itself goes nowhere.</summary>
public static class SecretOrigins
{
    /// <summary>Versions worth looking through; a secret that is older is just said to be set.</summary>
    public const int MostVersions = 200;

    /// <param name="versions">Newest first, without gaps, from the one in force on.</param>
    /// <returns>By the name of the field. Absent: not set, or set by a version that is not among these.</returns>
    public static ImmutableDictionary<string, SecretOrigin> Of(FormSchema form, FormKind kind, ImmutableArray<ConfigDocument> versions)
    {
        var origins = ImmutableDictionary.CreateBuilder<string, SecretOrigin>(StringComparer.Ordinal);
        foreach (var name in SecretFields.Names(form))
        {
            if (Setter(version => (kind == FormKind.Admin ? version.AdminValues : version.WorkerValues).Find(name), versions) is { } setter)
            {
                origins[name] = new SecretOrigin(setter.SavedAt, setter.SavedBy);
            }
        }

        return origins.ToImmutable();
    }

    private static ConfigDocument? Setter(Func<ConfigDocument, ConfigValue?> valueOf, ImmutableArray<ConfigDocument> versions)
    {
        if (versions.IsEmpty || valueOf(versions[0]) is not { } value)
        {
            return null;
        }

        var since = versions.TakeWhile(version => value.Equals(valueOf(version))).Last();
        return since.Version == 1 || since.Version > versions[^1].Version ? since : null;
    }
}

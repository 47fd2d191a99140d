using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Cli;

/// <summary>The files a new worker begins with. They are part of the tool; names in them stand between double underscores.</summary>
/// <param name="Language">csharp, python or node.</param>
/// <param name="Name">What the worker is called.</param>
/// <param name="Sdk">The checkout that has the SDKs.</param>
internal sealed partial record WorkerTemplate(string Language, string Name, string Sdk)
{
    public const string Rule = "a letter, then letters, digits, - and _, 50 at most";

    public static IReadOnlyList<string> Languages { get; } = ["csharp", "python", "node"];

    /// <summary>What the SDK of a language is known by, below the checkout.</summary>
    private static readonly Dictionary<string, string> Marks = new(StringComparer.Ordinal)
    {
        ["csharp"] = "Worker.Sdk/Worker.Sdk.csproj",
        ["python"] = "sdks/python/pyproject.toml",
        ["node"] = "sdks/node/package.json",
    };

    private string Pascal => string.Concat(Words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private string[] Words => Name.Split(['-', '_'], StringSplitOptions.RemoveEmptyEntries);

    public static bool IsName(string name) => NamePattern().IsMatch(name);

    public static string Mark(string language) => Marks[language];

    /// <summary>The checkout around a folder; null: there is none.</summary>
    public static string? SdkAround(string folder, string language)
    {
        for (var place = new DirectoryInfo(folder); place is not null; place = place.Parent)
        {
            if (File.Exists(Path.Combine(place.FullName, Marks[language])))
                return place.FullName;
        }

        return null;
    }

    /// <summary>Path and text of each file, by path.</summary>
    public IEnumerable<(string Path, string Text)> Files()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"Templates/{Language}/";
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return (Filled(resource[prefix.Length..]), Filled(reader.ReadToEnd()));
        }
    }

    private string Filled(string text) => text
        .Replace("__Name__", Pascal, StringComparison.Ordinal)
        .Replace("__worker_name__", Name.ToLowerInvariant(), StringComparison.Ordinal)
        .Replace("__job_type__", Name.Replace('-', '_').ToLowerInvariant(), StringComparison.Ordinal)
        .Replace("__title__", char.ToUpperInvariant(Name[0]) + string.Join(' ', Words)[1..].ToLowerInvariant(), StringComparison.Ordinal)
        .Replace("__sdk__", Sdk, StringComparison.Ordinal);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$")]
    private static partial Regex NamePattern();
}

using System.Reflection;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary><c>docs/compatibility.md</c> lists every case and every weakness, and names tests that exist.</summary>
public sealed partial class DocumentTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(Peers.ProjectFolder, "..", ".."));

    private static readonly List<(string Id, List<string> Tests)> Rows =
    [
        .. File.ReadLines(Path.Combine(Repository, "docs", "compatibility.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => (line.Split('|')[1].Trim(), Named().Matches(line).Select(match => match.Groups[1].Value).ToList())),
    ];

    [Fact]
    public void Document_HasEveryCase_AndEveryWeakness_Once()
    {
        string[] wanted = [.. Enumerable.Range(1, 69).Select(n => $"{n}"), .. Enumerable.Range(1, 32).Select(n => $"W{n}"), .. Enumerable.Range(1, 6).Select(n => $"B{n}")];
        Assert.Equal(wanted, Rows.Select(row => row.Id).Where(id => Id().IsMatch(id)));
        Assert.Empty(Rows.Where(row => Id().IsMatch(row.Id) && row.Tests.Count == 0).Select(row => row.Id));
    }

    [Fact]
    public void TestsInTheDocument_Exist()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .ToList();
        Assert.All(Rows.SelectMany(row => row.Tests).Distinct(), name =>
        {
            var (type, method) = (name.Split('.')[0], name.Split('.')[1]);
            Assert.True(sources.Exists(text => text.Contains($"class {type}", StringComparison.Ordinal) && Regex.IsMatch(text, $@" (void|Task) {method}\(")), $"there is no test {name}");
        });
    }

    [Fact]
    public void CaseNumbersOfTests_AreThoseOfTheDocument()
    {
        var inCode = typeof(DocumentTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<CaseAttribute>().Select(one => (Number: $"{one.Number}", Test: $"{method.DeclaringType!.Name}.{method.Name}")))
            .ToList();
        Assert.All(inCode, one => Assert.Contains(one.Test, Rows.Single(row => row.Id == one.Number).Tests));
        var ours = typeof(DocumentTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        var inDocument = Rows.Where(row => int.TryParse(row.Id, out _)).SelectMany(row => row.Tests.Select(test => (Number: row.Id, Test: test))).ToList();
        Assert.All(
            inCode.Select(one => one.Number).Distinct(),
            number => Assert.Contains(inDocument, one => one.Number == number && ours.Contains(one.Test.Split('.')[0]) && inCode.Contains(one)));
    }

    [GeneratedRegex("`([A-Z][A-Za-z]+\\.[A-Z][A-Za-z0-9_]+)`")]
    private static partial Regex Named();

    [GeneratedRegex("^([0-9]+|[WB][0-9]+)$")]
    private static partial Regex Id();
}

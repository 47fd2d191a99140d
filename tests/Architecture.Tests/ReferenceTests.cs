using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Architecture.Tests;

/// <summary>Dependencies point one way; the compiled assemblies prove it.</summary>
public class ReferenceTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    [Theory]
    [InlineData("Server.Core", "Google.Protobuf,Grpc.Transport,Microsoft.AspNetCore,Protos,Components,App")]
    [InlineData("Grpc.Transport", "Microsoft.AspNetCore,Server.Core,Protos")]
    [InlineData("Grpc.Transport.Server", "Server.Core,Protos,Components")]
    [InlineData("Components", "Google.Protobuf,Grpc.Transport,Protos,Microsoft.Data.Sqlite,App")]
    [InlineData("Worker.Sdk", "Microsoft.AspNetCore,Server.Core,Components,App,Grpc.Transport.Server")]
    [InlineData("pluginctl", "Microsoft.AspNetCore,Server.Core,Components,App,Worker.Sdk,Grpc.Transport.Server,Microsoft.Extensions")]
    [InlineData("Protos", "Grpc.Transport,Server.Core,Microsoft.AspNetCore")]
    public void Assembly_KnowsNothingOf(string assembly, string strangers)
    {
        var references = Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!).ToList();
        foreach (var stranger in strangers.Split(','))
        {
            Assert.DoesNotContain(references, name => name == stranger || (stranger.StartsWith("Microsoft.", StringComparison.Ordinal) && name.StartsWith(stranger, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void TypeNames_SayWhatTheyAre()
    {
        var banned = new Regex("(Manager|Helper|Util|Utils|Info|Data|Processor|Master)$", RegexOptions.None, TimeSpan.FromSeconds(1));
        string[] assemblies = ["App", "Components", "Server.Core", "Grpc.Transport", "Grpc.Transport.Server", "Worker.Sdk", "pluginctl"];
        Assert.Empty(assemblies.SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.Contains('<', StringComparison.Ordinal) && banned.IsMatch(type.Name) && type.Namespace?.StartsWith("BlazorPluginAdmin", StringComparison.Ordinal) == true)
            .Select(type => type.FullName));
    }

    [Fact]
    public void Colours_LiveInOneFile()
    {
        var colour = new Regex("#[0-9a-fA-F]{3,8}\\b(?=[;\\s\"')])|rgb\\(", RegexOptions.None, TimeSpan.FromSeconds(5));
        var files = Directory.EnumerateFiles(Path.Combine(Root, "wwwroot", "css")).Where(file => Path.GetFileName(file) != "tokens.css")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "Components"), "*.razor", SearchOption.AllDirectories));
        Assert.Empty(files.Where(file => colour.IsMatch(File.ReadAllText(file))).Select(Path.GetFileName));
    }

    /// <summary>Sizes of type, and what stands above what, are few and chosen together.</summary>
    [Fact]
    public void SizesAndLayers_LiveInOneFile()
    {
        var literal = new Regex(@"font-size:\s*[\d.]|\bfont:[^;}/]*\s[\d.]+(px|r?em|%)|z-index:\s*-?\d", RegexOptions.None, TimeSpan.FromSeconds(5));
        Assert.Matches(literal, ".a { font: 600 12px/1.4 var(--font); }");
        Assert.DoesNotMatch(literal, ".a { font: 600 var(--type-note)/20px var(--font); }");
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Root, "wwwroot", "css")).Where(file => Path.GetFileName(file) != "tokens.css")
            .SelectMany(file => literal.Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileName(file)}: {match.Value}")));
    }

    [Fact]
    public void StateMachineDocument_IsFresh()
    {
        var path = Path.Combine(Root, "docs", "state-machines.md");
        var fresh = StateMachines.Write();
        if (Environment.GetEnvironmentVariable("WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, fresh);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == fresh, "docs/state-machines.md is stale; write it with: WRITE_DOCS=1 dotnet test tests/Architecture.Tests");
    }

    [Fact]
    public void WireNumbers_AreThoseOfTheContract()
    {
        foreach (var (message, number, field) in WireContract.Read(Path.Combine(Root, "docs", "protocol.md")))
        {
            var descriptor = Wire.PluginReflection.Descriptor.MessageTypes.SingleOrDefault(type => type.Name == message);
            Assert.True(descriptor?.FindFieldByNumber(number)?.Name == field, $"{message} {number} is {descriptor?.FindFieldByNumber(number)?.Name}, not {field}");
        }
    }

    private static string Here([CallerFilePath] string path = "") => path;
}

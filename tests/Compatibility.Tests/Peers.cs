using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>The two programs that play foreign workers, for all tests together. They know the public part of the protocol only.</summary>
public sealed partial class Peers : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("peers-");
    private int _workers;
    private PeerProcess? _go;
    private PeerProcess? _rust;

    public static string ProjectFolder { get; } =
        typeof(Peers).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectFolder").Value!;

    private static string Scripts => Path.Combine(ProjectFolder, "Peers");

    private string Contract => Path.Combine(_folder.FullName, "plugin.proto");

    public PeerProcess Of(Kind kind) => kind == Kind.Go ? _go! : _rust!;

    /// <summary>A program of the test's own. Python is Debian's: another one on the PATH does not see Debian's packages.</summary>
    public PeerProcess Another(Kind kind) => kind == Kind.Go
        ? new PeerProcess("node", [Path.Combine(Scripts, "go_like.mjs"), Contract])
        : new PeerProcess("/usr/bin/python3", [Path.Combine(Scripts, "rust_like.py")], ("PYTHONPATH", _folder.FullName), ("PYTHONDONTWRITEBYTECODE", "1"));

    /// <summary>Names never come twice, so that a late event of one test is not one of another.</summary>
    public string NextName(string kind) => $"{kind}-{Interlocked.Increment(ref _workers)}";

    public async Task InitializeAsync()
    {
        Assert.True(Directory.Exists(Path.Combine(Scripts, "node_modules")), $"the Node packages are missing: npm ci --prefix {Scripts}");
        var ours = await File.ReadAllTextAsync(Path.Combine(ProjectFolder, "..", "..", "protos", "plugin.proto"));
        await File.WriteAllTextAsync(Contract, Extension().Replace(ours, ""));
        using var protoc = Process.Start("/usr/bin/protoc", [$"--python_out={_folder.FullName}", $"-I{_folder.FullName}", Contract]);
        await protoc.WaitForExitAsync();
        Assert.Equal(0, protoc.ExitCode);
        _go = Another(Kind.Go);
        _rust = Another(Kind.Rust);
    }

    public async Task DisposeAsync()
    {
        await _go!.DisposeAsync();
        await _rust!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A field with a number of this project's own.</summary>
    [GeneratedRegex(@"^ +[^\n=]+ = 1\d\d;\n", RegexOptions.Multiline)]
    private static partial Regex Extension();
}

/// <summary>One test at a time: the workers' programs are shared, and the machine is small.</summary>
[CollectionDefinition(nameof(PeerTests))]
public sealed class PeerTests : ICollectionFixture<Peers>;

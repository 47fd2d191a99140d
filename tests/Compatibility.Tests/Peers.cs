using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>The two programs that play foreign workers, for all tests together. They know the public part of the protocol only.</summary>
public sealed partial class Peers : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("peers-");
    private int _workers;

    public PeerProcess Go { get; private set; } = null!;

    public PeerProcess Rust { get; private set; } = null!;

    public static string ProjectFolder { get; } =
        typeof(Peers).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectFolder").Value!;

    /// <summary>Names never come twice, so that a late event of one test is not one of another.</summary>
    public string NextName(string kind) => $"{kind}-{Interlocked.Increment(ref _workers)}";

    public async Task InitializeAsync()
    {
        var scripts = Path.Combine(ProjectFolder, "Peers");
        Assert.True(Directory.Exists(Path.Combine(scripts, "node_modules")), $"the Node packages are missing: npm ci --prefix {scripts}");
        var contract = Path.Combine(_folder.FullName, "plugin.proto");
        var ours = await File.ReadAllTextAsync(Path.Combine(ProjectFolder, "..", "..", "protos", "plugin.proto"));
        await File.WriteAllTextAsync(contract, Extension().Replace(ours, ""));
        using var protoc = Process.Start("/usr/bin/protoc", [$"--python_out={_folder.FullName}", $"-I{_folder.FullName}", contract]);
        await protoc.WaitForExitAsync();
        Assert.Equal(0, protoc.ExitCode);
        Go = new PeerProcess("node", [Path.Combine(scripts, "go_like.mjs"), contract]);

        // Debian's own Python: another one on the PATH does not see Debian's packages.
        Rust = new PeerProcess("/usr/bin/python3", [Path.Combine(scripts, "rust_like.py")], ("PYTHONPATH", _folder.FullName), ("PYTHONDONTWRITEBYTECODE", "1"));
    }

    public async Task DisposeAsync()
    {
        await Go.DisposeAsync();
        await Rust.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A field with a number of this project's own.</summary>
    [GeneratedRegex(@"^ +[^\n=]+ = 1\d\d;\n", RegexOptions.Multiline)]
    private static partial Regex Extension();
}

/// <summary>One test at a time: the workers' programs are shared, and the machine is small.</summary>
[CollectionDefinition(nameof(PeerTests))]
public sealed class PeerTests : ICollectionFixture<Peers>;

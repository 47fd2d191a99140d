using System.Diagnostics;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>The command line tool as a package: packed, installed from that folder alone, and run.</summary>
public sealed class ToolPackageTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Tool_IsPacked_Installed_AndRuns()
    {
        var folder = Directory.CreateTempSubdirectory("pluginctl-tool-").FullName;
        try
        {
            var (packages, tools) = (Path.Combine(folder, "packages"), Path.Combine(folder, "tools"));
            await RunAsync("dotnet", "pack", Project, "-c", Configuration, "--no-build", "-o", packages, "-v", "q", "-nologo");
            var config = Path.Combine(folder, "nuget.config");
            await File.WriteAllTextAsync(config, $"""<configuration><packageSources><clear /><add key="packed" value="{packages}" /></packageSources></configuration>""");
            await RunAsync("dotnet", "tool", "install", "pluginctl", "--tool-path", tools, "--configfile", config);
            var tool = Path.Combine(tools, "pluginctl");
            Assert.Matches("^[0-9]+\\.[0-9]+\\.[0-9]+", await RunAsync(tool, "--version"));
            Assert.Contains("run", await RunAsync(tool, "--help"), StringComparison.Ordinal);

            async Task<string> RunAsync(string program, params string[] words)
            {
                var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
                // Nothing of it is left behind, nor found there from before.
                start.Environment["DOTNET_CLI_HOME"] = folder;
                if (words.Contains("install"))
                {
                    start.Environment["NUGET_PACKAGES"] = Path.Combine(folder, "cache");
                }

                start.Environment["DOTNET_NOLOGO"] = "1";
                start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
                start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
                using var process = Process.Start(start)!;
                var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
                try
                {
                    await process.WaitForExitAsync().WaitAsync(Limit, TimeProvider.System);
                }
                finally
                {
                    if (!process.HasExited)
                    {
                        process.Kill(entireProcessTree: true);
                    }
                }

                Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', words)} ended with {process.ExitCode}\n{string.Concat(await said)}");
                return (await said)[0];
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Configuration => Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

    private static string Project => Path.Combine(PeerProcess.ProjectFolder, "..", "..", "Cli", "Cli.csproj");
}

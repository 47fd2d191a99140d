using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.App.SeaweedFS.Import;

/// <summary>The command line's <c>--import-weed DIR</c>: takes over, reports, ends. No admin may use the data directory meanwhile.</summary>
public sealed record ImportCommand(string Directory, bool DryRun, bool Replace)
{
    /// <summary>Exit code: there is a plugin folder, but nothing in it could be read.</summary>
    public const int Unreadable = 65;

    /// <summary>Exit code: no plugin folder there.</summary>
    public const int NotThere = 66;

    /// <summary>Takes its own arguments out; null when nobody asked for an import.</summary>
    public static (ImportCommand? Command, IReadOnlyList<string> Others, string? Problem) Read(IReadOnlyList<string> args)
    {
        const string Option = "--import-weed";
        var others = new List<string>();
        string? directory = null;
        var (dryRun, replace) = (false, false);
        for (var n = 0; n < args.Count; n++)
        {
            switch (args[n])
            {
                case Option:
                    directory = ++n < args.Count && !args[n].StartsWith("--", StringComparison.Ordinal) ? args[n] : "";
                    break;
                case var given when given.StartsWith(Option + "=", StringComparison.Ordinal):
                    directory = given[(Option.Length + 1)..];
                    break;
                case "--dry-run":
                    dryRun = true;
                    break;
                case "--replace":
                    replace = true;
                    break;
                default:
                    others.Add(args[n]);
                    break;
            }
        }

        return directory switch
        {
            null => (null, others, dryRun || replace ? $"--dry-run and --replace belong to {Option} DIR" : null),
            "" => (null, others, $"{Option} needs the data directory of a weed admin"),
            _ => (new ImportCommand(directory, dryRun, replace), others, null),
        };
    }

    /// <returns>The exit code.</returns>
    /// <exception cref="StartRefusedException">Our data directory is in use or cannot be written.</exception>
    public async Task<int> RunAsync(AppOptions options, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken cancellationToken = default)
    {
        if (options.Ephemeral)
        {
            throw new StartRefusedException(StartRefusedException.Usage, "--ephemeral keeps nothing, so there is nothing to import into");
        }

        var source = Path.GetFullPath(Directory);
        if (!System.IO.Directory.Exists(source))
        {
            await errors.WriteLineAsync($"{source} is no directory");
            return NotThere;
        }

        // A trial must not even make the directory.
        var target = Path.GetFullPath(options.DataDir);
        var isNew = DryRun && !File.Exists(Path.Combine(target, "admin.db"));
        using var folder = isNew ? null : AdminFolder.Open(target);
        var import = new WeedImport(() => folder is null ? new InMemoryAdminStore() : new SqliteAdminStore(folder.Database, SecretBox.Of(folder.Keys)), time);
        ImportReport? report;
        try
        {
            report = await import.RunAsync(source, DryRun, Replace, cancellationToken);
        }
        catch (Exception exception) when (exception is StoreRefusedException or StoreUnavailableException)
        {
            throw new StartRefusedException(StartRefusedException.CannotCreate, $"{exception.Message}; nothing was imported");
        }

        if (report is null)
        {
            await errors.WriteLineAsync($"{source} has no folder \"plugin\" with job_types, jobs or activities; name the -dataDir of the weed admin");
            return NotThere;
        }

        await output.WriteLineAsync($"Import of {source} into {target}{(DryRun ? " (dry run: nothing is written)" : "")}");
        await output.WriteAsync(report.Write(listed: DryRun));
        if (report.FilesRead == 0)
        {
            await errors.WriteLineAsync("nothing in it could be read");
            return Unreadable;
        }

        var isNothing = Enum.GetValues<ImportKind>().All(kind => report.Taken(kind) == 0);
        await output.WriteLineAsync(isNothing ? "Nothing new: all of it that can be taken is here already."
            : DryRun ? "Next: the same without --dry-run."
            : "Next: stop the weed admin, then start ./run.sh --seaweedfs-master HOST:9333; its workers reconnect by themselves.");
        return 0;
    }
}

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>Regular files below a root, in a stable order. Symbolic links are never followed; other file systems, closed and too deep folders are left out.</summary>
public static class FileWalk
{
    public static IEnumerable<FileFact> Files(string root, Func<string, bool> matches, Func<string, bool> isExcluded, Func<string, bool> isClosed, int maxDepth, bool oneFileSystem, CancellationToken cancellationToken)
    {
        if (Posix.Look(root, "") is not { } top || (top.Mode & Posix.TypeMask) != Posix.Folder)
        {
            yield break;
        }

        var pending = new Stack<(string Relative, int Depth)>([("", 0)]);
        while (pending.TryPop(out var folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var name in Entries(Path.Combine(root, folder.Relative)))
            {
                var relative = folder.Relative.Length == 0 ? name : $"{folder.Relative}/{name}";
                if (Posix.Look(Path.Combine(root, relative), relative) is not { } fact || isExcluded(relative))
                {
                    continue;
                }

                switch (fact.Mode & Posix.TypeMask)
                {
                    case Posix.Folder when folder.Depth + 1 < maxDepth && (!oneFileSystem || fact.Device == top.Device) && !isClosed(relative):
                        pending.Push((relative, folder.Depth + 1));
                        break;
                    case Posix.Regular when matches(relative):
                        yield return fact;
                        break;
                }
            }
        }
    }

    private static List<string> Entries(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ToList();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            // Gone meanwhile, or not ours to read: nothing of it is selected.
            return [];
        }
    }
}

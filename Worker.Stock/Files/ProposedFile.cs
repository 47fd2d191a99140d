using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Files;

/// <summary>A file as it was when it was proposed.</summary>
internal sealed record ProposedFile(string Path, long Size, long MtimeNs)
{
    public Value ToValue() => Value.Map([new("path", Path), new("size", Size), new("mtime_ns", MtimeNs)]);

    /// <summary>The files of a job's parameter; null when it is not a list of such maps.</summary>
    public static List<ProposedFile>? ListFrom(ConfigValue? parameter)
    {
        if (parameter?.ListValue is not { } list)
        {
            return null;
        }

        var files = new List<ProposedFile>(list.Values.Count);
        foreach (var item in list.Values)
        {
            if (item.MapValue?.Fields is not { } fields
                || !fields.TryGetValue("path", out var path) || path.StringValue.Length == 0
                || !fields.TryGetValue("size", out var size) || size.KindCase != ConfigValue.KindOneofCase.Int64Value
                || !fields.TryGetValue("mtime_ns", out var modified) || modified.KindCase != ConfigValue.KindOneofCase.Int64Value)
            {
                return null;
            }

            files.Add(new ProposedFile(path.StringValue, size.Int64Value, modified.Int64Value));
        }

        return files;
    }
}

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>About how much room values take, in characters; exact enough to decide where to keep them.</summary>
public static class ConfigValueSize
{
    public static long Of(ConfigValues values)
    {
        long size = 0;
        foreach (var (name, value) in values)
        {
            size += name.Length + Of(value);
        }

        return size;
    }

    private static long Of(ConfigValue value) => value switch
    {
        ConfigValue.Text text => text.Value.Length,
        ConfigValue.Bytes bytes => bytes.Value.Length,
        ConfigValue.TextList list => list.Values.Sum(text => (long)text.Length + 8),
        ConfigValue.Int64List list => list.Values.Length * 8L,
        ConfigValue.DoubleList list => list.Values.Length * 8L,
        ConfigValue.BoolList list => list.Values.Length,
        ConfigValue.List list => list.Values.Sum(Of),
        ConfigValue.Map map => Of(map.Fields),
        _ => 8,
    };
}

using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Plans that any job type may bring: lists called <c>moves</c>, <c>files</c>, <c>steps</c> or <c>targets</c> among the parameters.</summary>
public static class PlanTables
{
    private const int Columns = 8;
    private const int Looked = 50;
    private static readonly string[] Names = ["moves", "files", "steps", "targets"];

    /// <summary>Null: there is no such list.</summary>
    public static ExecutionPlan.Lists? Of(ConfigValues parameters)
    {
        var tables = Names.Where(parameters.ContainsKey).Select(name => Table(name, parameters[name])).OfType<ExecutionPlan.Table>().ToImmutableArray();
        return tables.IsEmpty ? null : new ExecutionPlan.Lists(Text(parameters.Find("action")), parameters.Find("dry_run") is ConfigValue.Bool { Value: true }, tables);
    }

    private static ExecutionPlan.Table? Table(string name, ConfigValue value)
    {
        if (!FieldKinds.IsList(value.Kind) || FieldKinds.IsEmpty(value))
        {
            return null;
        }

        var items = FieldKinds.ElementsOf(value).ToList();
        var columns = items.Take(Looked).OfType<ConfigValue.Map>().SelectMany(item => item.Fields.Keys).Distinct(StringComparer.Ordinal)
            .OrderByDescending(column => column is "path" or "name" or "volume_id").Take(Columns).ToImmutableArray();
        var rows = items.Take(ExecutionPlan.Most)
            .Select(item => columns.IsEmpty || item is not ConfigValue.Map map ? [ConfigValueText.Short(item)] : columns.Select(column => Cell(column, map.Fields.Find(column))).ToImmutableArray())
            .ToImmutableArray();
        long? size = columns.Contains("size") ? items.OfType<ConfigValue.Map>().Sum(item => item.Fields.Find("size") is ConfigValue.Int64 { Value: > 0 and < long.MaxValue / 100_000 and var bytes } ? bytes : 0) : null;
        return new ExecutionPlan.Table(name, columns.IsEmpty ? [name] : columns, rows, items.Count, size);
    }

    /// <summary>Sizes and times are said for people.</summary>
    private static string Cell(string column, ConfigValue? value) => (column, value) switch
    {
        (_, null) => "",
        ("size", ConfigValue.Int64 { Value: >= 0 } bytes) => ConfigValueText.Size(bytes.Value),
        ("modified_ns" or "modified_nanos" or "mtime_ns", ConfigValue.Int64 { Value: > 0 } nanos) => DateTimeOffset.UnixEpoch.AddTicks(nanos.Value / 100).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
        _ => ConfigValueText.Short(value),
    };

    private static string Text(ConfigValue? value) => value is ConfigValue.Text text ? ConfigValueText.Short(text, 40) : "";
}

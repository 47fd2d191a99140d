using System.Diagnostics.CodeAnalysis;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>One key of an object while it is edited. Objects nest as drafts of their own; what lies deeper is JSON.</summary>
public sealed class ObjectRow(int id, string key, ConfigKind kind)
{
    public int Id { get; } = id;

    public string Key { get; set; } = key;

    public ConfigKind Kind { get; internal set; } = kind;

    public string Text { get; set; } = "";

    public ObjectDraft? Children { get; internal set; }

    public string KeyError { get; internal set; } = "";

    public string Error { get; internal set; } = "";
}

/// <summary>An object while it is edited, as rows of key, kind and value or as JSON. Changing between the two never changes a value.</summary>
public sealed class ObjectDraft
{
    /// <summary>Depth of editors in editors that a person can still read.</summary>
    public const int MaxDepth = 4;

    /// <summary>The kinds a person can choose for a row.</summary>
    public static readonly IReadOnlyList<ConfigKind> Kinds =
    [
        ConfigKind.Text, ConfigKind.Int64, ConfigKind.Double, ConfigKind.Bool, ConfigKind.Duration, ConfigKind.Bytes,
        ConfigKind.TextList, ConfigKind.Int64List, ConfigKind.DoubleList, ConfigKind.BoolList, ConfigKind.List, ConfigKind.Map,
    ];

    private readonly List<ObjectRow> _rows = [];
    private readonly RemovedRow<ObjectRow> _removed;
    private int _nextId;

    public ObjectDraft(ConfigValue? value, int depth = 1)
    {
        Depth = depth;
        _removed = new RemovedRow<ObjectRow>(_rows);
        Load(value);
    }

    public int Depth { get; }

    public IReadOnlyList<ObjectRow> Rows => _rows;

    public bool CanRestore => _removed.CanRestore;

    public void Load(ConfigValue? value)
    {
        _rows.Clear();
        _removed.Forget();
        if (value is not ConfigValue.Map map)
            return;
        foreach (var (key, field) in map.Fields)
        {
            var row = new ObjectRow(_nextId++, key, field.Kind);
            Fill(row, field);
            _rows.Add(row);
        }
    }

    public ObjectRow Add()
    {
        var row = new ObjectRow(_nextId++, "", ConfigKind.Text);
        _rows.Add(row);
        return row;
    }

    public void Remove(ObjectRow row) => _removed.Remove(row);

    public void Restore() => _removed.Restore();

    /// <summary>Another kind keeps the value where it fits, else starts empty.</summary>
    public void SetKind(ObjectRow row, ConfigKind kind)
    {
        var value = TryRow(row, out var old) ? old : new ConfigValue.Text(row.Text);
        row.Kind = kind;
        row.Error = "";
        Fill(row, FieldConversion.TryTo(kind, value, out var converted) ? converted : Empty(kind));
    }

    /// <summary>The object, when every row is a value and every key is there once.</summary>
    public bool TryResult(out ConfigValue.Map map)
    {
        var fields = new Dictionary<string, ConfigValue>(StringComparer.Ordinal);
        var complete = true;
        foreach (var row in _rows)
        {
            row.KeyError = row.Key.Length == 0 ? "a key is needed" : fields.ContainsKey(row.Key) ? $"the key \"{row.Key}\" is there twice" : "";
            if (TryRow(row, out var value) && row.KeyError.Length == 0)
                fields.Add(row.Key, value);
            else
                complete = false;
        }
        map = new ConfigValue.Map(ConfigValues.From(fields));
        return complete;
    }

    private static bool TryRow(ObjectRow row, [NotNullWhen(true)] out ConfigValue? value)
    {
        value = null;
        row.Error = "";
        if (row.Children is not null)
        {
            var complete = row.Children.TryResult(out var map);
            value = complete ? map : null;
            return complete;
        }
        if (row.Kind == ConfigKind.None)
        {
            value = ConfigValue.None.Instance;
            return true;
        }
        if (!FieldText.TryParse(row.Kind, row.Text, out value, out var error))
        {
            row.Error = error;
            return false;
        }
        // JSON has no word for "a list of whole numbers"; the chosen kind decides.
        if (value.Kind == row.Kind || FieldConversion.TryTo(row.Kind, value, out value))
            return true;
        row.Error = $"expected {FieldKinds.NameOf(row.Kind)}";
        value = null;
        return false;
    }

    private void Fill(ObjectRow row, ConfigValue value)
    {
        row.Children = value is ConfigValue.Map && Depth < MaxDepth ? new ObjectDraft(value, Depth + 1) : null;
        row.Text = row.Children is null ? FieldText.Of(value) : "";
    }

    private static ConfigValue Empty(ConfigKind kind) => kind switch
    {
        ConfigKind.Bool => new ConfigValue.Bool(false),
        ConfigKind.Map => new ConfigValue.Map(ConfigValues.Empty),
        _ when FieldKinds.IsList(kind) => FieldConversion.ListOf(kind, []),
        ConfigKind.Bytes => new ConfigValue.Bytes([]),
        _ => ConfigValue.None.Instance,
    };
}

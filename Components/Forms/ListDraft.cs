using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>One row of a list: text until it is a value.</summary>
public sealed class ListRow(int id, string text)
{
    /// <summary>Stable while the list is edited, so that a row keeps its focus when it moves.</summary>
    public int Id { get; } = id;

    public string Text { get; set; } = text;

    public string Error { get; set; } = "";
}

/// <summary>A list while it is edited, row by row or as bulk text.</summary>
public sealed class ListDraft
{
    private const int MostNamed = 3;

    private readonly ConfigKind _kind;
    private readonly List<ListRow> _rows = [];
    private readonly RemovedRow<ListRow> _removed;
    private int _nextId;

    public ListDraft(ConfigKind kind, ConfigValue? value)
    {
        _kind = kind;
        _removed = new RemovedRow<ListRow>(_rows);
        if (value is null)
            return;
        foreach (var element in FieldKinds.ElementsOf(value))
            _rows.Add(new ListRow(_nextId++, TextOf(element)));
    }

    public IReadOnlyList<ListRow> Rows => _rows;

    /// <summary>The same rows for what wants a collection.</summary>
    internal ICollection<ListRow> Items => _rows;

    public ConfigKind ElementKind => FieldKinds.ElementOf(_kind);

    public bool CanRestore => _removed.CanRestore;

    /// <summary>One line per row. Rows with line breaks of their own cannot be told apart in it.</summary>
    public string Bulk => string.Join('\n', _rows.Select(row => row.Text));

    public bool HasBulk => _rows.All(row => !row.Text.Contains('\n', StringComparison.Ordinal));

    public int IndexOf(ListRow row) => _rows.IndexOf(row);

    public void Add(string text) => _rows.Add(new ListRow(_nextId++, text));

    /// <summary>Every line that is not blank becomes a row.</summary>
    public void AddLines(string text)
    {
        foreach (var line in Lines(text))
            Add(line);
    }

    public void SetBulk(string text)
    {
        var lines = Lines(text).ToList();
        // Rows keep their identity by place, so that unchanged text is an unchanged list.
        for (var i = 0; i < lines.Count; i++)
        {
            if (i < _rows.Count)
                _rows[i].Text = lines[i];
            else
                Add(lines[i]);
        }
        if (_rows.Count > lines.Count)
            _rows.RemoveRange(lines.Count, _rows.Count - lines.Count);
    }

    public void Remove(ListRow row) => _removed.Remove(row);

    public void Restore() => _removed.Restore();

    public void Duplicate(ListRow row) => _rows.Insert(_rows.IndexOf(row) + 1, new ListRow(_nextId++, row.Text));

    public void Move(ListRow row, int by)
    {
        var from = _rows.IndexOf(row);
        var to = Math.Clamp(from + by, 0, _rows.Count - 1);
        _rows.RemoveAt(from);
        _rows.Insert(to, row);
    }

    /// <summary>The list, when every row is a value; each row that is not says why.</summary>
    public bool TryResult(out ConfigValue value)
    {
        var elements = new List<ConfigValue>();
        foreach (var row in _rows)
        {
            row.Error = "";
            if (FieldText.TryParse(ElementKind, row.Text, out var element, out var error))
                elements.Add(element);
            else
                row.Error = error;
        }
        var complete = elements.Count == _rows.Count;
        value = complete ? FieldConversion.ListOf(_kind, elements) : ConfigValue.None.Instance;
        return complete;
    }

    /// <summary>Rows that are no values, by their places from 1: of many only some are in sight.</summary>
    public string Wrong
    {
        get
        {
            var wrong = _rows.Select((row, index) => (Place: index + 1, row.Error)).Where(row => row.Error.Length > 0).ToList();
            var named = string.Join("; ", wrong.Take(MostNamed).Select(row => $"{row.Place}: {row.Error}"));
            return $"{wrong.Count} of {_rows.Count} items {(wrong.Count == 1 ? "is" : "are")} not right ({named}{(wrong.Count > MostNamed ? "; …" : "")})";
        }
    }

    private static IEnumerable<string> Lines(string text) =>
        text.ReplaceLineEndings("\n").Split('\n').Where(line => line.Trim().Length > 0);

    private string TextOf(ConfigValue element) => ElementKind == ConfigKind.None ? PlainJson.Write(element) : FieldText.Of(element);
}

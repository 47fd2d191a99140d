namespace BlazorPluginAdmin.Components.Forms;

/// <summary>What a person wrote into a box, and what stood there when it was begun.</summary>
public sealed record BoxText(string Base, string Text);

/// <summary>
/// The edit copy of a small form whose boxes are texts, by name: what is saved, and what a person wrote over it. A box nobody wrote into
/// follows what is saved; one that others saved differently meanwhile is told as a conflict. Circuit's thread only.
/// </summary>
public sealed class BoxEdit
{
    private readonly SortedDictionary<string, BoxText> _mine = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, string> _saved = new Dictionary<string, string>();

    public string this[string box]
    {
        get => _mine.TryGetValue(box, out var mine) ? mine.Text : SavedIn(box);
        set => Write(box, new BoxText(_mine.TryGetValue(box, out var mine) ? mine.Base : SavedIn(box), value));
    }

    /// <summary>Boxes that say something else than what is saved.</summary>
    public int Count => _mine.Count;

    /// <summary>Boxes that others saved differently since a person began to write into them, and what they saved.</summary>
    public IReadOnlyList<(string Box, string Base, string Theirs)> Conflicts =>
        [.. _mine.Where(box => box.Value.Base != SavedIn(box.Key)).Select(box => (box.Key, box.Value.Base, SavedIn(box.Key)))];

    public bool IsChanged(string box) => _mine.ContainsKey(box);

    /// <summary>This is saved now, by whomever.</summary>
    public void Show(IReadOnlyDictionary<string, string> saved)
    {
        _saved = saved;
        foreach (var (box, mine) in _mine.ToList())
        {
            Write(box, mine);
        }
    }

    /// <summary>What is written is what is saved.</summary>
    public void Settle()
    {
        _saved = _saved.Keys.ToDictionary(box => box, box => this[box], StringComparer.Ordinal);
        _mine.Clear();
    }

    public void Discard() => _mine.Clear();

    /// <summary>One box says again what is saved.</summary>
    public void Undo(string box) => _mine.Remove(box);

    /// <summary>The person has seen what others saved, and writes over it.</summary>
    public void KeepMine()
    {
        foreach (var (box, _, theirs) in Conflicts)
        {
            _mine[box] = _mine[box] with { Base = theirs };
        }
    }

    public void TakeTheirs()
    {
        foreach (var (box, _, _) in Conflicts)
        {
            _mine.Remove(box);
        }
    }

    /// <summary>Enough to begin the edit again after a lost circuit.</summary>
    public Dictionary<string, BoxText> Draft() => new(_mine, StringComparer.Ordinal);

    /// <summary>Lays a draft over what is saved; boxes that are no more are left out.</summary>
    public void Restore(Dictionary<string, BoxText> draft)
    {
        foreach (var (box, text) in draft.Where(text => _saved.ContainsKey(text.Key)))
        {
            Write(box, text);
        }
    }

    private string SavedIn(string box) => _saved.GetValueOrDefault(box, "");

    private void Write(string box, BoxText text)
    {
        if (text.Text == SavedIn(box))
        {
            _mine.Remove(box);
        }
        else
        {
            _mine[box] = text;
        }
    }
}

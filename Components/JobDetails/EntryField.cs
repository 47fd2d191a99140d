namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>A box of a form that is ours: what was typed, and what is wrong with it.</summary>
public class EntryField(string id, string label, string hint, string help)
{
    public string Id { get; } = id;

    public string Label { get; } = label;

    /// <summary>The label in full, as it stands at the box.</summary>
    public virtual string Caption => Label;

    /// <summary>The text as a draft keeps it.</summary>
    public virtual string Draft => Text;

    public string Hint { get; } = hint;

    public string Help { get; } = help;

    public string Text { get; set; } = "";

    /// <summary>What stood in it before anybody wrote.</summary>
    public string Start { get; private set; } = "";

    public bool IsChanged => Text.Trim() != Start.Trim();

    public string Error { get; set; } = "";

    public bool IsEmpty => string.IsNullOrWhiteSpace(Text);

    /// <param name="start">Null: the text itself, so that nothing is changed yet.</param>
    public void Begin(string text, string? start = null) => (Text, Start, Error) = (text, start ?? text, "");

    /// <summary>Takes what a draft says of it, unless somebody has written since.</summary>
    public void Restore(IReadOnlyDictionary<string, string> texts) => Text = !IsChanged && texts.TryGetValue(Id, out var draft) ? FromDraft(draft) : Text;

    /// <summary>Notes what is wrong; there is no value then.</summary>
    public T? Refuse<T>(string error)
    {
        Error = error;
        return default;
    }

    protected virtual string FromDraft(string draft) => draft;
}

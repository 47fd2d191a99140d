namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>A box of a form that is ours: what was typed, and what is wrong with it.</summary>
public sealed class EntryField(string id, string label, string hint, string help)
{
    public string Id { get; } = id;

    public string Label { get; } = label;

    public string Hint { get; } = hint;

    public string Help { get; } = help;

    public string Text { get; set; } = "";

    public string Error { get; set; } = "";

    public bool IsEmpty => string.IsNullOrWhiteSpace(Text);

    /// <summary>Notes what is wrong; there is no value then.</summary>
    public T? Refuse<T>(string error)
    {
        Error = error;
        return default;
    }
}

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Which rows are wanted.</summary>
/// <param name="Path">The object's name in its parts, outermost first; the admin and the handler agree on what they mean.</param>
/// <param name="Format">How the object is written, in the admin's words; may be empty.</param>
/// <param name="RowLimit">Most rows that are wanted; 0 = as many as make sense. The SDK sends no more than that.</param>
public sealed record PreviewRequest(IReadOnlyList<string> Path, string Format, int RowLimit);

/// <summary>Rows of an object, as text.</summary>
/// <param name="Columns">Their names.</param>
/// <param name="Rows">Each with one text for every column.</param>
/// <param name="TotalRows">How many the object has, shown or not.</param>
public sealed record ObjectPreview(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, long TotalRows);

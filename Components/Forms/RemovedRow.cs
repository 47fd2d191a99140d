namespace BlazorPluginAdmin.Components.Forms;

/// <summary>The row that was taken out of these last, so that it can come back where it stood.</summary>
internal sealed class RemovedRow<TRow>(List<TRow> rows)
{
    private (int Index, TRow Row)? _last;

    public bool CanRestore => _last is not null;

    public void Remove(TRow row)
    {
        var index = rows.IndexOf(row);
        if (index < 0)
            return;
        rows.RemoveAt(index);
        _last = (index, row);
    }

    public void Restore()
    {
        if (_last is not var (index, row))
            return;
        rows.Insert(Math.Min(index, rows.Count), row);
        _last = null;
    }

    public void Forget() => _last = null;
}

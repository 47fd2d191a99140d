using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>Saved views are shared: what one saves, all see.</summary>
public static class ViewTransitions
{
    private const int MostViews = 100;
    private const int LongestName = 60;

    public static Reply<SavedView> Save(Turn turn, SaveView command)
    {
        var name = command.Name.Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            return new Refusal(RefusalCode.Invalid, $"the name of a view has 1 to {LongestName} characters");
        }

        if (SavedView.BuiltIn.Any(view => view.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            return new Refusal(RefusalCode.AlreadyExists, $"{name} is a view everybody has; take another name");
        }

        if (JobQuery.Parse(command.Query).Errors is [var error, ..])
        {
            return new Refusal(RefusalCode.Invalid, error.Text);
        }

        if (turn.State.SavedViews.Count >= MostViews && !turn.State.SavedViews.ContainsKey(name))
        {
            return new Refusal(RefusalCode.Exhausted, $"there are {MostViews} saved views; delete one first");
        }

        if (command.Sort.Length > LongestName || command.Columns.Length > 500)
        {
            return new Refusal(RefusalCode.Invalid, "sort and columns are too long");
        }

        var view = new SavedView(name, command.Query, command.Sort, command.Columns, command.By.Name, turn.Now.Wall);
        Put(turn, turn.State.SavedViews.SetItem(name, view));
        return view;
    }

    public static Reply<SavedView> Delete(Turn turn, DeleteView command)
    {
        if (!turn.State.SavedViews.TryGetValue(command.Name, out var view))
        {
            return new Refusal(RefusalCode.NotFound, $"there is no saved view {command.Name}");
        }

        Put(turn, turn.State.SavedViews.Remove(command.Name));
        return view;
    }

    private static void Put(Turn turn, System.Collections.Immutable.ImmutableSortedDictionary<string, SavedView> views)
    {
        turn.Put(views);
        turn.Save(new Change.SavedViewsSaved(views));
    }
}

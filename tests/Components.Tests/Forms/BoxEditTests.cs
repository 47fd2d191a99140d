using BlazorPluginAdmin.Components.Forms;

namespace BlazorPluginAdmin.Components.Tests.Forms;

public sealed class BoxEditTests
{
    private readonly BoxEdit _edit = new();

    public BoxEditTests() => Save("1", "2");

    [Fact]
    public void BoxThatIsWrittenBack_IsNoChange()
    {
        _edit["a"] = "5";
        Assert.Equal((1, "5", "2"), (_edit.Count, _edit["a"], _edit["b"]));
        _edit["a"] = "1";
        Assert.Equal(0, _edit.Count);
    }

    [Fact]
    public void UndoOfOneBox_LeavesTheOthersAsTheyAreWritten()
    {
        (_edit["a"], _edit["b"]) = ("5", "6");
        _edit.Undo("a");
        Assert.Equal((1, "1", "6"), (_edit.Count, _edit["a"], _edit["b"]));
    }

    [Fact]
    public void SavedByOthers_FollowsWhereNobodyWrote_AndIsAConflictElsewhere()
    {
        _edit["a"] = "5";
        Save("1", "20");
        Assert.Equal(("20", 0), (_edit["b"], _edit.Conflicts.Count));
        Save("10", "20");
        Assert.Equal(("a", "1", "10"), Assert.Single(_edit.Conflicts));
        _edit["a"] = "6";
        Assert.Single(_edit.Conflicts);
        _edit.KeepMine();
        Assert.Equal((0, "6"), (_edit.Conflicts.Count, _edit["a"]));
        Save("11", "20");
        _edit.TakeTheirs();
        Assert.Equal((0, "11"), (_edit.Count, _edit["a"]));
    }

    [Fact]
    public void SavedByOthers_TheSame_IsNoChangeAnyMore()
    {
        _edit["a"] = "5";
        Save("5", "2");
        Assert.Equal((0, 0), (_edit.Count, _edit.Conflicts.Count));
    }

    [Fact]
    public void Draft_KnowsWhatItStoodOn()
    {
        _edit["a"] = "5";
        var draft = _edit.Draft();
        draft["gone"] = new BoxText("", "x");
        _edit.Discard();
        Save("10", "2");
        _edit.Restore(draft);
        Assert.Equal((1, "5"), (_edit.Count, _edit["a"]));
        Assert.Equal(("a", "1", "10"), Assert.Single(_edit.Conflicts));
        _edit.Settle();
        Assert.Equal((0, "5"), (_edit.Count, _edit["a"]));
    }

    private void Save(string a, string b) => _edit.Show(new Dictionary<string, string> { ["a"] = a, ["b"] = b });
}

using BlazorPluginAdmin.Components.Fields;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Tests.Forms;

public sealed class DraftTests
{
    public static TheoryData<ConfigKind, ConfigValue> Lists => new()
    {
        { ConfigKind.TextList, new ConfigValue.TextList(["a", "", "ü"]) },
        { ConfigKind.Int64List, new ConfigValue.Int64List([9_007_199_254_740_993, long.MinValue]) },
        { ConfigKind.DoubleList, new ConfigValue.DoubleList([0.1, 1e300, -1]) },
        { ConfigKind.BoolList, new ConfigValue.BoolList([true, false]) },
        { ConfigKind.List, new ConfigValue.List([new ConfigValue.Int64(1), new ConfigValue.Text("x"), new ConfigValue.Bytes([1]), new ConfigValue.List([])]) },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void List_Untouched_KeepsKindAndValues(ConfigKind kind, ConfigValue value)
    {
        Assert.True(new ListDraft(kind, value).TryResult(out var result));
        Assert.Equal(value, result);
    }

    [Fact]
    public void List_Edited_FollowsEachStep()
    {
        var draft = new ListDraft(ConfigKind.TextList, new ConfigValue.TextList(["a", "b"]));
        draft.AddLines("c\r\n\n d \n");
        draft.Move(draft.Rows[0], 2);
        draft.Duplicate(draft.Rows[0]);
        Assert.Equal(["b", "b", "c", "a", " d "], Texts(draft));
        draft.Remove(draft.Rows[2]);
        Assert.Equal(["b", "b", "a", " d "], Texts(draft));
        draft.Restore();
        Assert.Equal(["b", "b", "c", "a", " d "], Texts(draft));
        draft.SetBulk("x\ny");
        Assert.Equal(["x", "y"], Texts(draft));
    }

    [Fact]
    public void List_WithAWrongItem_SaysWhichOne()
    {
        var draft = new ListDraft(ConfigKind.Int64List, new ConfigValue.Int64List([1]));
        draft.Add("1.5");
        Assert.False(draft.TryResult(out _));
        Assert.Equal("", draft.Rows[0].Error);
        Assert.Contains("whole number", draft.Rows[1].Error, StringComparison.Ordinal);
        Assert.StartsWith("1 of 2 items is not right (2: ", draft.Wrong, StringComparison.Ordinal);
        draft.AddLines("a\nb\n3\nc");
        Assert.False(draft.TryResult(out _));
        Assert.Matches("^4 of 6 items are not right \\(2: [^;]+; 3: [^;]+; 4: [^;]+; …\\)$", draft.Wrong);
    }

    [Fact]
    public void Object_OfEveryKind_Untouched_IsTheSame()
    {
        var deep = Enumerable.Range(0, 8).Aggregate((ConfigValue)new ConfigValue.Int64(9_007_199_254_740_993), (inner, i) =>
            new ConfigValue.Map(ConfigValues.Empty.With($"level{i}", inner)));
        var map = new ConfigValue.Map(ConfigValues.From(new Dictionary<string, ConfigValue>
        {
            ["none"] = ConfigValue.None.Instance,
            ["bool"] = new ConfigValue.Bool(true),
            ["int"] = new ConfigValue.Int64(long.MaxValue),
            ["double"] = new ConfigValue.Double(2),
            ["text"] = new ConfigValue.Text("line\nline"),
            ["bytes"] = new ConfigValue.Bytes([0, 255]),
            ["duration"] = new ConfigValue.Duration(1, 5),
            ["texts"] = new ConfigValue.TextList([]),
            ["ints"] = new ConfigValue.Int64List([1]),
            ["list"] = new ConfigValue.List([new ConfigValue.Int64(1), new ConfigValue.Int64(2)]),
            ["deep"] = deep,
        }));
        Assert.True(new ObjectDraft(map).TryResult(out var result));
        Assert.Equal(map, result);
    }

    [Fact]
    public void Object_DuplicateAndEmptyKeys_AreRefused()
    {
        var draft = new ObjectDraft(new ConfigValue.Map(ConfigValues.Empty.With("a", new ConfigValue.Int64(1))));
        var row = draft.Add();
        Assert.False(draft.TryResult(out _));
        row.Key = "a";
        Assert.False(draft.TryResult(out _));
        Assert.Contains("twice", row.KeyError, StringComparison.Ordinal);
        row.Key = "b";
        Assert.True(draft.TryResult(out var map));
        Assert.Equal(["a", "b"], map.Fields.Keys);
    }

    [Fact]
    public void Object_ChangedKind_KeepsWhatFits()
    {
        var draft = new ObjectDraft(new ConfigValue.Map(ConfigValues.Empty.With("a", new ConfigValue.Text("5")).With("b", new ConfigValue.Text("five"))));
        draft.SetKind(draft.Rows[0], ConfigKind.Int64);
        draft.SetKind(draft.Rows[1], ConfigKind.Map);
        draft.Rows[1].Children!.Add().Key = "inner";
        Assert.True(draft.TryResult(out var map));
        Assert.Equal(new ConfigValue.Int64(5), map.Fields["a"]);
        Assert.Equal(new ConfigValue.Map(ConfigValues.Empty.With("inner", new ConfigValue.Text(""))), map.Fields["b"]);
    }

    [Theory]
    [InlineData("{\n  \"a\": 1,\n  \"b\" 2\n}", "line 3, column 7")]
    [InlineData("", "JSON is expected")]
    [InlineData("{\"a\":1,\"a\":2}", "twice")]
    [InlineData("{\"a\":9223372036854775808}", "64 bits")]
    public void Json_WithAMistake_TellsWhere(string text, string expected)
    {
        Assert.False(FieldText.TryJson(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BytesFormat.Text, "grüße", "6772c3bcc39f65")]
    [InlineData(BytesFormat.Hex, "00 Ff\n10", "00ff10")]
    [InlineData(BytesFormat.Base64, "AP8Q", "00ff10")]
    public void Bytes_InEachFormat_ReadBack(BytesFormat format, string text, string hex)
    {
        Assert.True(BytesText.TryParse(format, text, out var bytes, out _));
        Assert.Equal(hex, Convert.ToHexStringLower(bytes.AsSpan()));
        Assert.True(BytesText.TryOf(format, bytes, out var again));
        Assert.True(BytesText.TryParse(format, again, out var same, out _));
        Assert.Equal(bytes.AsSpan(), same.AsSpan());
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("00")]
    [InlineData("0d0a")]
    public void Bytes_ThatATextAreaWouldChange_AreNotOfferedAsText(string hex) =>
        Assert.Equal(BytesFormat.Hex, BytesText.Natural([.. Convert.FromHexString(hex)]));

    private static IEnumerable<string> Texts(ListDraft draft) => draft.Rows.Select(row => row.Text);
}

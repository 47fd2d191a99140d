using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.Tests.Forms;

public sealed class FormBufferTests
{
    private static readonly FormSchema Retention = new("retention.worker", "", "",
    [
        new SectionSchema("action", "Action", "",
        [
            new FieldSchema { Name = "action", Type = FieldType.Text },
            new FieldSchema { Name = "level", Type = FieldType.Int64, Max = new ConfigValue.Int64(9), VisibleWhenField = "action", VisibleWhenEquals = new ConfigValue.Text("gzip") },
            new FieldSchema { Name = "target", Type = FieldType.Text, Required = true, VisibleWhenField = "action", VisibleWhenEquals = new ConfigValue.Text("move") },
            new FieldSchema { Name = "token", Type = FieldType.Text, Sensitive = true },
        ]),
        new SectionSchema("job", "Job", "", [new FieldSchema { Name = "command", Type = FieldType.Text, Required = true }]),
    ], ConfigValues.Empty.With("action", new ConfigValue.Text("gzip")).With("level", new ConfigValue.Int64(6)));

    [Fact]
    public async Task Untouched_ChangesNothing()
    {
        var saved = ConfigValues.Empty.With("level", new ConfigValue.Int64(3)).With("older", new ConfigValue.Bool(true));
        var buffer = Edit(saved);
        Assert.True(await buffer.ReviewAsync());
        Assert.False(buffer.IsDirty);
        Assert.Equal(saved, buffer.Result());
        Assert.Equal(["older"], buffer.OtherValues.Keys);
    }

    /// <summary>Emptied fields, and values without a field that are dropped or new, are changes as well.</summary>
    [Fact]
    public void Draft_HasWhatWasTakenAway_AndOtherValues()
    {
        var saved = ConfigValues.Empty.With("target", new ConfigValue.Int64(3)).With("older", new ConfigValue.Bool(true));
        var buffer = Edit(saved);
        buffer["target"].Set(ConfigValue.None.Instance);
        buffer.SetOther("older", null);
        buffer.SetOther("newer", new ConfigValue.Int64(2));
        var draft = System.Text.Json.JsonSerializer.Deserialize<FieldsDraft>(System.Text.Json.JsonSerializer.Serialize(FieldsDraft.Of(buffer)))!;

        var again = Edit(saved);
        draft.ApplyTo(again);
        Assert.Equal(buffer.Result(), again.Result());
        Assert.Equal(["newer"], again.OtherValues.Keys);
        Assert.Equal(3, again.DirtyCount);
        System.Text.Json.JsonSerializer.Deserialize<FieldsDraft>("""{"Values":"{}","Texts":{}}""")!.ApplyTo(again);
    }

    [Fact]
    public void BigNumber_TypedAsText_StaysExact()
    {
        var buffer = Edit();
        buffer["level"].SetText("9007199254740993");
        Assert.Equal(new ConfigValue.Int64(9_007_199_254_740_993), buffer.Result()["level"]);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("9223372036854775808")]
    [InlineData("many")]
    public async Task TextThatIsNoValue_IsKeptAndBlocksSaving(string text)
    {
        var buffer = Edit();
        buffer["level"].SetText(text);
        Assert.Equal(text, buffer["level"].Text);
        Assert.True(buffer["level"].IsDirty);
        Assert.False(buffer.Result().ContainsKey("level"));
        Assert.False(await buffer.ReviewAsync());
        buffer["level"].SetText("7");
        Assert.True(await buffer.ReviewAsync());
    }

    [Fact]
    public void Edit_IsCheckedByTheSharedValidator()
    {
        var buffer = Edit();
        buffer["level"].SetText("10");
        Assert.Equal("10 is above 9", Assert.Single(buffer["level"].Errors).Message);
    }

    [Fact]
    public void EditedBack_IsNotDirty()
    {
        var buffer = Edit();
        buffer["level"].SetText("7");
        Assert.Equal(1, buffer.DirtyCount);
        buffer["level"].SetText("6");
        Assert.False(buffer.IsDirty);
    }

    [Fact]
    public void UseDefault_ForgetsTheStoredValue()
    {
        var buffer = Edit(ConfigValues.Empty.With("level", new ConfigValue.Int64(3)));
        buffer["level"].UseDefault();
        Assert.Equal(new ConfigValue.Int64(6), buffer["level"].Value);
        Assert.True(buffer["level"].IsDirty);
        Assert.False(buffer.Result().ContainsKey("level"));
        buffer["level"].Undo();
        Assert.Equal(new ConfigValue.Int64(3), buffer.Result()["level"]);
    }

    [Fact]
    public async Task HiddenField_IsNotSavedButWhatWasTypedStays()
    {
        var buffer = Edit();
        buffer["level"].SetText("9");
        buffer["action"].SetText("move");
        Assert.False(buffer.IsVisible(buffer["level"].Field));
        Assert.False(buffer.Result().ContainsKey("level"));
        Assert.False(await buffer.ReviewAsync());
        Assert.Equal("target", Assert.Single(buffer.Errors).Path);
        buffer["action"].SetText("gzip");
        Assert.Equal(new ConfigValue.Int64(9), buffer.Result()["level"]);
    }

    [Fact]
    public void Secret_IsKeptReplacedOrClearedAndNeverShown()
    {
        var buffer = Edit(ConfigValues.Empty.With("token", new ConfigValue.Text("s3cret")));
        var slot = buffer["token"];
        Assert.Null(slot.Value);
        Assert.Equal("", slot.Text);
        Assert.True(slot.SecretStored);
        Assert.Equal(new ConfigValue.Text("s3cret"), buffer.Result()["token"]);
        slot.ReplaceSecret("new");
        Assert.True(slot.SecretReplaced);
        Assert.Equal(new ConfigValue.Text("new"), buffer.Result()["token"]);
        Assert.False(buffer.Draft().ContainsKey("token"));
        slot.ClearSecret();
        Assert.True(slot.SecretCleared);
        Assert.False(buffer.Result().ContainsKey("token"));
        slot.Undo();
        Assert.Equal(new ConfigValue.Text("s3cret"), buffer.Result()["token"]);
    }

    [Fact]
    public async Task Refusal_ShowsAtItsFieldUntilThatIsEdited()
    {
        var buffer = Edit();
        buffer.Refuse([new FieldError("worker", "level", "max", "the worker takes at most 5"), new FieldError("", "version", "conflict", "somebody else saved")]);
        Assert.Equal("the worker takes at most 5", Assert.Single(buffer["level"].Errors).Message);
        Assert.Equal("version", Assert.Single(buffer.Unplaced).Path);
        buffer["level"].SetText("5");
        Assert.Empty(buffer["level"].Errors);
        Assert.True(await buffer.ReviewAsync());
    }

    [Fact]
    public void Refusal_OfAnotherForm_IsNotShownHere()
    {
        var buffer = Edit();
        buffer.Refuse([new FieldError("admin", "level", "max", "the admin form has a level too"), new FieldError("admin_runtime", "retry_limit", "min", "-1 is below 0")]);
        Assert.Empty(buffer.Errors);
    }

    [Fact]
    public void StoredInAnotherKind_IsShownConvertedAndMarked()
    {
        var buffer = Edit(ConfigValues.Empty.With("action", new ConfigValue.TextList(["a", "b"])));
        Assert.Equal("a, b", buffer["action"].Text);
        Assert.Equal(ConfigKind.TextList, buffer["action"].StoredAs);
        Assert.False(buffer.IsDirty);
    }

    [Fact]
    public void StoredValueThatDoesNotFit_ShowsItsTextAndSaysSo()
    {
        var buffer = Edit(ConfigValues.Empty.With("level", new ConfigValue.Text("many")));
        Assert.Equal("many", buffer["level"].Text);
        Assert.True(buffer["level"].Invalid);
        Assert.False(buffer.IsDirty);
    }

    [Fact]
    public void SubmissionPart_ResultHasOnlyItsFields()
    {
        var buffer = new FormBuffer(Retention, FormKind.Submission, ConfigValues.Empty.With("level", new ConfigValue.Int64(1)), FormPart.Submission);
        buffer["command"].SetText("ls");
        Assert.Equal(["command"], buffer.Result().Keys);
        Assert.Null(buffer.Find("level"));
    }

    [Fact]
    public async Task Review_WaitsForTextOnItsWay()
    {
        var buffer = Edit();
        var arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arriving = buffer.ArriveAsync(arrival.Task);
        var review = buffer.ReviewAsync();
        Assert.False(review.IsCompleted);
        arrival.SetResult();
        await arriving;
        Assert.True(await review);
    }

    [Fact]
    public void Rebase_KeepsOrDropsChanges()
    {
        var buffer = Edit();
        buffer["level"].SetText("8");
        buffer.Rebase(ConfigValues.Empty.With("action", new ConfigValue.Text("gzip")).With("level", new ConfigValue.Int64(2)), keepChanges: true);
        Assert.Equal(new ConfigValue.Int64(8), buffer.Result()["level"]);
        buffer.Rebase(buffer.Result(), keepChanges: false);
        Assert.False(buffer.IsDirty);
    }

    [Fact]
    public void Draft_Restored_IsUnsavedAgain()
    {
        var first = Edit();
        first["level"].SetText("8");
        var second = Edit();
        second.Restore(first.Draft());
        Assert.True(second["level"].IsDirty);
        Assert.Equal(first.Result(), second.Result());
    }

    private static FormBuffer Edit(ConfigValues? saved = null) => new(Retention, FormKind.Worker, saved ?? ConfigValues.Empty);
}

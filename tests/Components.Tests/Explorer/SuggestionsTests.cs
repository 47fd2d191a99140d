using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Explorer;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Tests.Explorer;

public sealed class SuggestionsTests
{
    private static readonly ReadModel Model = new()
    {
        JobTypes = [new JobTypeView { Name = "vacuum", DisplayName = "Vacuum" }, new JobTypeView { Name = "volume_balance", DisplayName = "Balance" }],
        Workers = [new WorkerView { Worker = new Worker { Id = new WorkerId("rack 1"), FirstSeenAt = default } }],
        RecentEnded =
        [
            new Job { Id = new JobId("j"), JobType = "vacuum", DedupeKey = "j", CreatedAt = default, UpdatedAt = default, DueAt = default, SubmittedBy = "anna", Labels = ImmutableSortedDictionary<string, string>.Empty.Add("env", "prod") },
        ],
    };

    [Theory]
    [InlineData("sta", "state:")]
    [InlineData("disk sta", "disk state:")]
    [InlineData("-sta", "-state:")]
    [InlineData("state:fai", "state:failed")]
    [InlineData("-state:failed,su", "-state:failed,succeeded")]
    [InlineData("type:vol", "type:volume_balance")]
    [InlineData("worker:r", "worker:\"rack 1\"")]
    [InlineData("\"two words\" by:", "\"two words\" by:anna")]
    [InlineData("label.e", "label.env:")]
    [InlineData("label.env:", "label.env:prod")]
    public void FirstSuggestion_GoesOnWithTheText(string text, string expected) => Assert.Contains(expected, Suggestions.For(text, Model).Select(suggestion => suggestion.Text));

    [Fact]
    public void EverySuggestedValue_CanBeRead()
    {
        foreach (var key in QueryKeys.All.Where(key => key.Name != QueryKeys.LabelPrefix))
        {
            Assert.All(Suggestions.For($"{key.Name}:", Model), suggestion => Assert.Empty(JobQuery.Parse(suggestion.Text).Errors));
        }
    }

    [Theory]
    [InlineData("\"a quoted")]
    [InlineData("nonsense:")]
    public void WhereNothingFits_NothingIsSuggested(string text) => Assert.Empty(Suggestions.For(text, Model));
}

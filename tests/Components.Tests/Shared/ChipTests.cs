using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Tests.Shared;

public sealed class ChipTests : BunitContext
{
    [Theory]
    [InlineData(JobState.Running, JobPhase.Working, 37.9, "37 100")]
    [InlineData(JobState.Running, JobPhase.Working, 0, null)]
    [InlineData(JobState.Running, JobPhase.Canceling, 37.9, null)]
    [InlineData(JobState.Succeeded, JobPhase.None, 100, null)]
    public void RunningJob_HasItsProgressAsARing_OnceThereIsSome(JobState state, JobPhase phase, double percent, string? ring)
    {
        var chip = Render(Chip.Of(new Job { Id = new JobId("j"), JobType = "echo", DedupeKey = "j", State = state, Phase = phase, Percent = percent, CreatedAt = default, UpdatedAt = default, DueAt = default }));
        Assert.Equal(ring, chip.Find(".chip").QuerySelector("circle + circle")?.GetAttribute("stroke-dasharray"));
        Assert.Single(chip.FindAll("svg[aria-hidden=true]"));
    }

    /// <summary>Whoever sees no colours tells the ends of jobs apart by their symbols.</summary>
    [Fact]
    public void EveryEnd_HasASymbolOfItsOwn()
    {
        var looks = Enum.GetValues<JobReason>().Select(reason => (Failed: Words.Look(JobState.Failed, JobPhase.None, reason), Word: Words.State(JobState.Failed, JobPhase.None, reason)))
            .DistinctBy(look => look.Word)
            .Select(look => look.Failed.Icon)
            .Append(Words.Look(JobState.Succeeded, JobPhase.None, JobReason.None).Icon)
            .Append(Words.Look(JobState.Canceled, JobPhase.None, JobReason.None).Icon)
            .Append(Words.Look(JobState.Canceled, JobPhase.None, JobReason.Superseded).Icon)
            .ToList();
        Assert.Equal(looks.Count, looks.Distinct().Count());
        Assert.Equal(9, looks.Count);
    }
}

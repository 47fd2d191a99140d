using BlazorPluginAdmin.Components.Forms;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>What a person wrote of a job, or of jobs to come, and has not sent; without secrets.</summary>
/// <param name="JobType">Null: none was chosen yet.</param>
/// <param name="Boxes">Texts of changed boxes, by id.</param>
/// <param name="Fields">Changes in the form the type brought; null: it has none.</param>
public sealed record SubmissionDraft(string? JobType, Dictionary<string, string> Boxes, FieldsDraft? Fields);

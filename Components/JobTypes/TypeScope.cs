using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.JobTypes;

/// <summary>Whose jobs a list shows: those of a type, of a lane, or all.</summary>
/// <param name="Names">Of job types; empty: all.</param>
public sealed record TypeScope(string? JobType, string? Lane, ImmutableArray<string> Names)
{
    /// <summary>For "no job … ran": of this type, of this lane, or nothing.</summary>
    public string Whose => JobType is not null ? " of this type" : Lane is not null ? " of this lane" : "";

    public static TypeScope Of(ReadModel model, JobTypeView? type, string? lane) => new(
        type?.Name,
        lane,
        type is not null ? [type.Name] : lane is not null ? [.. model.JobTypes.Where(view => view.Rules.Lane == lane).Select(view => view.Name)] : []);

    public bool Has(string jobType) => Names.IsEmpty || Names.Contains(jobType);

    /// <summary>Of the jobs that are asked for, those that it has; a query for types of its own stays one, and one for others only finds nothing.</summary>
    public JobQuery Narrow(JobQuery query)
    {
        if (Names.IsEmpty)
        {
            return query;
        }

        var asked = query.Values("type");
        return asked.IsEmpty ? query.With("type", Names)
            : asked.Any(Has) ? query.With("type", asked.Where(Has))
            : new JobQuery([.. query.Terms, new JobTerm("type", asked, IsNegated: true)]);
    }

    /// <summary>The same tab without its filters.</summary>
    public string To(string tab) => JobTypeLinks.To(tab, JobType, Lane);
}

using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>A value that two people changed from the same version, to different ones.</summary>
/// <param name="Theirs">What the newer version changed.</param>
/// <param name="Mine">What the edit changes.</param>
public sealed record ConfigConflict(ConfigChange Theirs, ConfigChange Mine)
{
    /// <summary>Both start from the same version; what only one side changed is no conflict.</summary>
    public static ImmutableArray<ConfigConflict> Between(Descriptor? descriptor, ConfigDocument? read, ConfigDocument? theirs, ConfigDocument mine)
    {
        var changed = ConfigDiff.Between(descriptor, read, theirs).ToDictionary(change => (change.Form, change.Name));
        return
        [
            .. ConfigDiff.Between(descriptor, read, mine)
                .Where(change => changed.TryGetValue((change.Form, change.Name), out var other) && !Equals(other.After, change.After))
                .Select(change => new ConfigConflict(changed[(change.Form, change.Name)], change)),
        ];
    }
}

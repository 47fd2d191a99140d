using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Security;

/// <summary>A set of permissions with a name. This is the only place that says what a role may; everybody else asks for a permission.</summary>
public sealed class Role
{
    public static readonly Role Viewer = new("viewer", []);

    public static readonly Role Operator = new(
        "operator", [Permission.JobsSubmit, Permission.JobsControl, Permission.DetectionRun, Permission.ScheduleControl, Permission.WorkersControl]);

    public static readonly Role Admin = new("admin", Permission.All);

    public static readonly ImmutableArray<Role> All = [Viewer, Operator, Admin];

    private Role(string name, ImmutableArray<Permission> permissions) => (Name, Permissions) = (name, permissions);

    public string Name { get; }

    public ImmutableArray<Permission> Permissions { get; }

    /// <summary>Null: there is no role of that name.</summary>
    public static Role? Find(string name) => All.FirstOrDefault(role => role.Name == name);

    public override string ToString() => Name;
}

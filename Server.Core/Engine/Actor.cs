using System.Text.Json.Serialization;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>Who asked, through which door (<c>ui</c>, <c>rest</c>, <c>grpc</c>, <c>cli</c>, <c>scheduler</c>), and what that person may.</summary>
/// <param name="Role">Null: may nothing. Not stored: who acted is a fact, what that person may is a matter of today.</param>
public readonly record struct Actor(string Name, string Via, [property: JsonIgnore] Role? Role)
{
    /// <summary>The admin itself, on behalf of whoever was allowed to ask for it.</summary>
    public static readonly Actor Scheduler = new("scheduler", "scheduler", Role.Admin);

    public static readonly Actor LocalUi = new("operator", "ui", Role.Admin);

    public static readonly Actor LocalRest = new("admin", "rest", Role.Admin);

    public bool May(Permission permission) => Role?.Permissions.Contains(permission) == true;

    /// <summary>What is said to somebody who may not; null: allowed.</summary>
    public Refusal? Refuse(Permission permission) => May(permission)
        ? null
        : new Refusal(RefusalCode.PermissionDenied, $"this needs {permission}, which {(Role is null ? "somebody without a role" : $"the role {Role}")} does not have. Nothing was changed; use the admin's own address, or ask somebody who may");
}

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>Who asked, and through which door (<c>ui</c>, <c>rest</c>, <c>grpc</c>, <c>cli</c>, <c>scheduler</c>).</summary>
public readonly record struct Actor(string Name, string Via)
{
    public static readonly Actor Scheduler = new("scheduler", "scheduler");

    public static readonly Actor LocalUi = new("operator", "ui");

    public static readonly Actor LocalRest = new("admin", "rest");
}

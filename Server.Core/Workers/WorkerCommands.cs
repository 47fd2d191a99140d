using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Workers;

/// <summary>No new work for this worker, or again.</summary>
public sealed record DrainWorker(Actor By, WorkerId Worker, bool Enabled, string Reason) : Command<Worker>(By, Permission.WorkersControl);

/// <summary>Lets a worker id in, or keeps it out; a connected one that is denied loses its session at once.</summary>
public sealed record AdmitWorker(Actor By, WorkerId Worker, bool Allowed, string Reason = "") : Command<Worker>(By, Permission.WorkersAdmit);

/// <summary>Asks a connected worker for a sign of life; the reply says that it was asked, <see cref="Sessions.Session.RoundTrips"/> how long it took.</summary>
public sealed record PingWorker(Actor By, WorkerId Worker) : Command<Worker>(By, Permission.WorkersControl);

/// <summary>Forgets a disconnected worker.</summary>
public sealed record ForgetWorker(Actor By, WorkerId Worker) : Command<Worker>(By, Permission.WorkersControl);

using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Lanes;

/// <summary>Changes a lane, or makes one when the name is new: 1 to 64 of A-Z a-z 0-9 _ . -</summary>
public sealed record SaveLane(Actor By, LaneRules Lane) : Command<LaneRules>(By, Permission.SystemControl);

/// <summary>Takes back what people changed of a lane; one they made goes, when no job type is in it.</summary>
public sealed record ResetLane(Actor By, string Lane) : Command<LaneSettings>(By, Permission.SystemControl);

/// <summary>Puts a job type into a lane and says whether its detections supersede; null = as it is shipped.</summary>
public sealed record PlaceJobType(Actor By, string JobType, TypePlacement? Placement) : Command<TypeRules>(By, Permission.SystemControl);

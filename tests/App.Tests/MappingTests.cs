using System.Collections;
using System.Collections.Immutable;
using System.Text;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Wire = BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>Wire ↔ records: every field makes a difference, or is left out on purpose and named here.</summary>
public sealed class MappingTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>What workers say and the engine does not need.</summary>
    private static readonly HashSet<string> Unheard =
    [
        // The hello's id counts for the stream; clocks of workers are not trusted, only that of a heartbeat is shown.
        "worker_id", "sent_at", "heartbeat.worker_id", "job_progress_update.updated_at", "job_progress_update.activities.created_at", "job_completed.activities.created_at",
        // A progress never ends a job, whatever state it claims.
        "job_progress_update.state",
    ];

    /// <summary>What has its own way past the engine, or is asked for by nobody yet.</summary>
    private static readonly HashSet<string> UnheardBodies = ["observations", "object_preview_response", "job_log"];

    public static TheoryData<string> Heard =>
        [.. Wire.WorkerToAdminMessage.Descriptor.Oneofs[0].Fields.Select(body => body.Name).Where(name => !UnheardBodies.Contains(name))];

    [Theory]
    [MemberData(nameof(Heard))]
    public void WhatAWorkerSays_IsTakenIn_FieldByField(string body)
    {
        var full = Samples.Full<Wire.WorkerToAdminMessage>(body);
        foreach (var capability in full.Hello?.Capabilities ?? [])
        {
            capability.JobType = "t";
        }

        if (full.ConfigSchemaResponse is { } answer)
        {
            // A descriptor without a name has that of the answer.
            answer.JobType = "asked";
        }

        var whole = Dump(InboundMapper.ToInput(new SessionId(1), "peer", full, Now));
        var lost = Samples.WithoutEach(full)
            .Where(without => without.Message.BodyCase == full.BodyCase && Dump(InboundMapper.ToInput(new SessionId(1), "peer", without.Message, Now)) == whole)
            .Select(without => without.Path);
        Assert.Equal(Unheard.Where(path => path is "worker_id" || (path == "sent_at" && body != "heartbeat") || path.StartsWith($"{body}.", StringComparison.Ordinal)).Order(StringComparer.Ordinal), lost.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Descriptor_ComesBack_AsItCame()
    {
        var descriptor = Samples.Full<Wire.JobTypeDescriptor>();
        Assert.Equal(descriptor, DescriptorMapper.ToWire(DescriptorMapper.ToCore(descriptor, "")));
        Assert.All(Samples.WithoutEach(descriptor), without =>
            Assert.Equal(without.Message, DescriptorMapper.ToWire(DescriptorMapper.ToCore(without.Message, ""))));
    }

    [Fact]
    public void EveryKindOfValue_ComesBack_AsItCame()
    {
        foreach (var kind in Wire.ConfigValue.Descriptor.Oneofs[0].Fields.Select(field => field.Name))
        {
            var value = Samples.Full<Wire.ConfigValue>(kind);
            Assert.Equal(value, ConfigValueMapper.ToWire(ConfigValueMapper.ToCore(value)));
        }

        var extremes = new Wire.ConfigValue
        {
            ListValue = new Wire.ValueList
            {
                Values =
                {
                    new Wire.ConfigValue { Int64Value = long.MinValue }, new Wire.ConfigValue { DoubleValue = double.NaN }, new Wire.ConfigValue { DoubleValue = double.NegativeInfinity },
                    new Wire.ConfigValue { StringValue = "\0\ud83d\ude00" }, new Wire.ConfigValue(), new Wire.ConfigValue { StringList = new Wire.StringList() },
                    new Wire.ConfigValue { MapValue = new Wire.ValueMap { Fields = { ["deep"] = new Wire.ConfigValue { BoolValue = false } } } },
                },
            },
        };
        Assert.Equal(extremes, ConfigValueMapper.ToWire(ConfigValueMapper.ToCore(extremes)));
    }

    [Fact]
    public void Nesting_BeyondTheLimit_IsCutOff()
    {
        var deep = new Wire.ConfigValue { StringValue = "bottom" };
        for (var n = 0; n < 40; n++)
        {
            deep = new Wire.ConfigValue { ListValue = new Wire.ValueList { Values = { deep } } };
        }

        Assert.DoesNotContain("bottom", ConfigValueMapper.ToWire(ConfigValueMapper.ToCore(deep)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void RuntimeAndCluster_ComeBack_AsTheyCame()
    {
        var runtime = Samples.Full<Wire.AdminRuntimeConfig>();
        Assert.Equal(runtime, DescriptorMapper.ToWire(DescriptorMapper.ToCore(runtime)!));
        var cluster = Samples.Full<Wire.ClusterContext>();
        cluster.Metadata["source"] = "admin";
        Assert.Equal(cluster, OutboundMapper.ToWire(ClusterMapper.ToCore(cluster)));
    }

    [Fact]
    public void WhatTheAdminSays_HasEveryFieldSet()
    {
        var values = ConfigValues.Empty.With("v", new ConfigValue.Bool(true));
        var runtime = DescriptorMapper.ToCore(Samples.Full<Wire.AdminRuntimeConfig>())!;
        var cluster = ClusterMapper.ToCore(Samples.Full<Wire.ClusterContext>());
        var job = new Job
        {
            Id = new JobId("j"),
            JobType = "t",
            DedupeKey = "k",
            Summary = "s",
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("l", "v"),
            CreatedAt = Now,
            UpdatedAt = Now,
            DueAt = Now,
        };
        Outbound[] all =
        [
            new Outbound.Hello("m", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), ["ack"]),
            new Outbound.RequestSchema(new RequestId("r"), "t", true),
            new Outbound.RunDetection(new RequestId("r"), "t", 1, runtime, values, values, cluster, Now, 5),
            new Outbound.ExecuteJob(new RequestId("r"), job, 2, runtime, values, values, cluster),
            new Outbound.Cancel(new RequestId("r"), WorkKind.Execution, "why", true),
            new Outbound.CompletedAck(new RequestId("r"), new JobId("j")),
            new Outbound.PreviewObject(new RequestId("r"), ["bucket", "table"], "LANCE", 5),
            new Outbound.Ping(5),
            new Outbound.Drain(true, "why"),
        ];
        Assert.Equal(typeof(Outbound).GetNestedTypes().Length, all.Length);
        foreach (var message in all)
        {
            var wire = OutboundMapper.ToWire(message, _ => new JobPayload("detail", values), Now);
            Assert.Equal(message is Outbound.Hello or Outbound.Ping or Outbound.Drain ? "" : "r", wire.RequestId);
            Assert.Empty(Unset(wire, ""));
        }
    }

    [Fact]
    public void Config_IsWhole_OnTheWire()
    {
        var values = ConfigValues.Empty.With("v", new ConfigValue.Bool(true));
        var config = new ConfigDocument
        {
            JobType = "t",
            Version = 3,
            DescriptorVersion = 2,
            AdminValues = values,
            WorkerValues = values,
            Runtime = DescriptorMapper.ToCore(Samples.Full<Wire.AdminRuntimeConfig>()),
            SavedAt = Now,
            SavedBy = "me",
        };
        Assert.Empty(Unset(DescriptorMapper.ToWire(config), ""));
    }

    [Fact]
    public void LongTexts_AreCut_AndTwinKeysAreOne()
    {
        var key = new string('k', 300);
        var proposals = new Wire.DetectionProposals { Proposals = { new Wire.JobProposal { Labels = { [$"{key}1"] = new string('v', 300), [$"{key}2"] = "w" }, DedupeKey = new string('d', 600) } } };
        var taken = (WorkerInput.Proposed)InboundMapper.ToInput(new SessionId(1), "peer", new Wire.WorkerToAdminMessage { DetectionProposals = proposals }, Now)!;
        Assert.Equal(256, Assert.Single(taken.Proposals[0].Labels).Key.Length);
        Assert.Equal(64, taken.Proposals[0].DedupeKey.Length);
        Assert.Equal("ab", WireLimits.Cut("ab\ud83d\ude00", 3));
    }

    [Theory]
    [InlineData(512, 1, "")]
    [InlineData(513, 1, "it has 513 parameters, at most 512 are taken")]
    [InlineData(1, 4 * 1024 * 1024, "its parameters are larger than 4 MiB")]
    public void Proposal_ThatIsTooMuch_IsKeptWithItsFlaw_NotShortened(int count, int size, string flaw)
    {
        var proposal = new Wire.JobProposal { ProposalId = "p" };
        for (var n = 0; n < count; n++)
        {
            proposal.Parameters[$"v{n}"] = new Wire.ConfigValue { StringValue = new string('x', size) };
        }

        var taken = (WorkerInput.Proposed)InboundMapper.ToInput(
            new SessionId(1), "peer", new Wire.WorkerToAdminMessage { DetectionProposals = new Wire.DetectionProposals { Proposals = { proposal } } }, Now)!;
        Assert.Equal((flaw, flaw.Length > 0 ? 0 : count), (taken.Proposals[0].Flaw, taken.Proposals[0].Parameters.Count));
    }

    [Theory]
    [InlineData(long.MinValue, 0)]
    [InlineData(0, 0)]
    [InlineData(253_402_300_800, 0)]
    [InlineData(1, -1)]
    public void Times_NoCalendarHas_AreNotSaid(long seconds, int nanos)
    {
        var proposal = new Wire.JobProposal { NotBefore = new() { Seconds = seconds, Nanos = nanos } };
        var taken = (WorkerInput.Proposed)InboundMapper.ToInput(
            new SessionId(1), "peer", new Wire.WorkerToAdminMessage { DetectionProposals = new Wire.DetectionProposals { Proposals = { proposal } } }, Now)!;
        Assert.Null(taken.Proposals[0].NotBefore);
    }

    [Fact]
    public void Observations_BeyondTheLimit_PushOutTheOldest()
    {
        var observations = new Observations(TimeProvider.System);
        for (var n = 0; n < Observations.Most + 10; n++)
        {
            observations.Take("w", new Wire.WorkerObservations { Observations = { new Wire.ObjectObservation { ObjectId = { $"o{n}" }, ObservedAt = new() { Seconds = 1_700_000_000 + n } } } });
        }

        var kept = observations.Newest.Current.Value.Of(null).Select(observation => observation.ObjectId[0]).ToList();
        Assert.Equal((Observations.Most, $"o{Observations.Most + 9}", "o10"), (kept.Count, kept[0], kept[^1]));
    }

    [Fact]
    public void Capabilities_WithoutAName_AreCounted()
    {
        var hello = new Wire.WorkerHello { WorkerId = "w", Capabilities = { new Wire.JobTypeCapability { JobType = "t" }, new Wire.JobTypeCapability(), new Wire.JobTypeCapability { JobType = "a b" }, new Wire.JobTypeCapability { JobType = new string('t', 65) } } };
        var taken = (WorkerInput.Hello)InboundMapper.ToInput(new SessionId(1), "peer", new Wire.WorkerToAdminMessage { Hello = hello }, Now)!;
        Assert.Equal((1, 3), (taken.Capabilities.Length, taken.Skipped));
    }

    /// <summary>Fields of a message, at any depth, that have their default.</summary>
    private static IEnumerable<string> Unset(IMessage message, string path)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(field => field.ContainingOneof is null || field.ContainingOneof.Accessor.GetCaseFieldDescriptor(message) == field))
        {
            var here = $"{path}.{field.Name}";
            var value = field.Accessor.GetValue(message);
            if (value is null or "" or 0 or 0L or 0u or 0.0 or false or ICollection { Count: 0 } || (field.FieldType == Google.Protobuf.Reflection.FieldType.Enum && !field.IsRepeated && (int)value == 0))
            {
                // An answer to a hello or a word to a worker is not about a request.
                if (here != ".request_id")
                {
                    yield return here;
                }
            }
            else if (value is IMessage inner and not Google.Protobuf.WellKnownTypes.Timestamp)
            {
                foreach (var deeper in Unset(inner, here))
                {
                    yield return deeper;
                }
            }
        }
    }

    private static string Dump(object? value)
    {
        var text = new StringBuilder();
        Add(value, 0);
        return text.ToString();

        void Add(object? thing, int depth)
        {
            if (thing is null or string || thing.GetType().IsPrimitive || thing is Enum or DateTimeOffset or TimeSpan or DescriptorBase || depth > 20)
            {
                text.Append(thing).Append('\n');
            }
            else if (thing is IEnumerable items)
            {
                foreach (var item in items)
                {
                    Add(item, depth + 1);
                }
            }
            else
            {
                foreach (var property in thing.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0 && property.GetMethod!.IsStatic == false))
                {
                    text.Append(property.Name).Append('=');
                    Add(property.GetValue(thing), depth + 1);
                }
            }
        }
    }
}

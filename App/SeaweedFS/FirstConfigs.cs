using System.Collections.Immutable;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>
/// Lays over the configs what a cluster brings along: once after each start what the admin.toml says, over configs that are
/// there and over those that come later, and over an untouched first config of admin_script the scripts of the master. All
/// of it are ordinary new versions. A config that is not there is left to the descriptor that brings it.
/// </summary>
public sealed partial class FirstConfigs(MasterClient masters, ImmutableArray<TomlSection> sections, IAdmin admin, TimeProvider time, ILogger<FirstConfigs> logger) : BackgroundService
{
    public const string ScriptJobType = "admin_script";

    private static readonly Actor Toml = new("admin.toml", "seaweedfs", Role.Admin);
    private static readonly Actor Migration = new("master_migration", "seaweedfs", Role.Admin);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _applied = new(StringComparer.Ordinal);
    private bool _migrated;

    /// <summary>Apart from each other: values of a file do not wait for a master that does not answer.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(FollowAsync(ApplyAllAsync, stoppingToken), FollowAsync(MigrateAsync, stoppingToken));

    /// <param name="step">False: something could not be done now.</param>
    /// <param name="stopping">Ends it.</param>
    private async Task FollowAsync(Func<AdminState, CancellationToken, Task<bool>> step, CancellationToken stopping)
    {
        while (true)
        {
            var (version, state) = admin.States.Current;
            if (await step(state, stopping))
            {
                await admin.States.NewerAsync(version, stopping);
            }
            else
            {
                await Task.Delay(RetryPause, time, stopping);
            }
        }
    }

    private async Task<bool> ApplyAllAsync(AdminState state, CancellationToken stopping)
    {
        var good = true;
        foreach (var section in sections.Where(section => !_applied.Contains(section.JobType)))
        {
            if (state.JobTypes.GetValueOrDefault(section.JobType) is { Config: { } config } type)
            {
                good &= await ApplyAsync(section, type.Descriptor, config, stopping);
            }
        }

        return good;
    }

    private async Task<bool> ApplyAsync(TomlSection section, Descriptor? descriptor, ConfigDocument config, CancellationToken stopping)
    {
        // Compared as they would be stored: a list of tags becomes text where the form says text.
        var values = FormChecks.Config(descriptor, config.AdminValues.Overlay(section.AdminValues), config.WorkerValues.Overlay(section.WorkerValues));
        var runtime = section.Runtime(config);
        var isSo = values.AdminValues.Equals(config.AdminValues) && values.WorkerValues.Equals(config.WorkerValues) && runtime == config.Runtime;
        if (isSo)
        {
            return _applied.Add(section.JobType);
        }

        return await SaveAsync(new SaveConfig(Toml, section.JobType, config.Version, values.AdminValues, values.WorkerValues, runtime, "values of the admin.toml"), stopping) switch
        {
            Outcome.Done => _applied.Add(section.JobType),
            var outcome => outcome != Outcome.Later,
        };
    }

    private async Task<bool> MigrateAsync(AdminState state, CancellationToken stopping)
    {
        if (_migrated || state.JobTypes.GetValueOrDefault(ScriptJobType)?.Config is not { Version: 1, SavedBy: "plugin" } config)
        {
            return true;
        }

        string script;
        long minutes;
        try
        {
            (script, minutes) = await masters.MaintenanceAsync(CallTimeout, stopping);
        }
        catch (RpcException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }

        script = MaintenanceScripts.Clean(script);
        if (script.Length == 0)
        {
            _migrated = true;
            return true;
        }

        var values = config.AdminValues
            .With("script", new ConfigValue.Text(script))
            .With("run_interval_minutes", new ConfigValue.Int64(minutes > 0 ? minutes : MaintenanceScripts.UsualSleepMinutes));
        var outcome = await SaveAsync(new SaveConfig(Migration, ScriptJobType, config.Version, values, config.WorkerValues, config.Runtime, "maintenance scripts of the master"), stopping);
        _migrated = outcome == Outcome.Done;
        return outcome != Outcome.Later;
    }

    private async Task<Outcome> SaveAsync(SaveConfig command, CancellationToken stopping)
    {
        var reply = await admin.SendAsync(command, stopping);
        if (reply.Refusal is { Code: not (RefusalCode.Conflict or RefusalCode.Unavailable) } refusal)
        {
            LogRefused(logger, command.By.Name, command.JobType, $"{refusal.Text}: {string.Join("; ", refusal.Fields.Select(field => field.Message))}");
        }

        return reply.Refusal?.Code switch
        {
            RefusalCode.Conflict => Outcome.Again,
            RefusalCode.Unavailable => Outcome.Later,
            _ => Outcome.Done,
        };
    }

    [LoggerMessage(53, LogLevel.Warning, "The values of {Source} for {JobType} are not taken. {Reason}")]
    private static partial void LogRefused(ILogger logger, string source, string jobType, string reason);

    private enum Outcome
    {
        /// <summary>Saved, or refused for good.</summary>
        Done,

        /// <summary>Somebody else saved it just now: the state that says so is the next one.</summary>
        Again,

        Later,
    }
}

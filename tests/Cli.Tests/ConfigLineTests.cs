using System.Diagnostics;
using System.Text;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using ConfigValue = BlazorPluginAdmin.Server.Core.Forms.ConfigValue;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>The line that the page of a config offers to copy, as a shell takes it apart and the tool reads it.</summary>
public sealed class ConfigLineTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private const string Type = "vault";
    private const string Secret = "t0p \"it's\" $HOME";

    [Fact]
    public async Task CopiedLine_SavesTheEdit_WithExactNumbers_AndSecretsByTheirName()
    {
        using var worker = await OfferAsync();
        var edit = await EditAsync();
        edit.Worker["count"].SetText("9007199254740993");
        edit.Worker["label"].SetText("it's $(prod) `here`");
        edit.Worker["api-token"].ReplaceSecret(Secret);
        edit.Runtime["retry_limit"].SetText("7");
        var lines = ConfigCommands.Pluginctl(admin.Address, edit);
        Assert.DoesNotContain("t0p", lines.Save, StringComparison.Ordinal);
        Assert.Contains("$API_TOKEN", lines.Remark, StringComparison.Ordinal);
        await RunAsync(lines.Save, 0);
        var saved = Saved()!;
        var version = saved.Version;
        Assert.Equal(new ConfigValue.Int64(9_007_199_254_740_993), saved.WorkerValues.Find("count"));
        Assert.Equal(new ConfigValue.Text("it's $(prod) `here`"), saved.WorkerValues.Find("label"));
        Assert.Equal(new ConfigValue.Text(Secret), saved.WorkerValues.Find("api-token"));
        Assert.Equal(7, saved.Runtime?.RetryLimit);
        Assert.Contains("9007199254740993", (await RunAsync(lines.Read, 0)).Output, StringComparison.Ordinal);

        // Of an older version: refused, and nothing is changed.
        await RunAsync(lines.Save, 65);
        Assert.Equal(version, Saved()!.Version);

        // What is not touched stays, a secret too; what is cleared goes.
        edit = await EditAsync();
        edit.Worker["label"].SetText("calm");
        lines = ConfigCommands.Pluginctl(admin.Address, edit);
        Assert.Equal("", lines.Remark);
        await RunAsync(lines.Save, 0);
        Assert.Equal(new ConfigValue.Text("calm"), Saved()!.WorkerValues.Find("label"));
        Assert.Equal(new ConfigValue.Text(Secret), Saved()!.WorkerValues.Find("api-token"));
        edit = await EditAsync();
        edit.Worker["api-token"].ClearSecret();
        await RunAsync(ConfigCommands.Pluginctl(admin.Address, edit).Save, 0);
        Assert.True(FieldKinds.IsEmpty(Saved()!.WorkerValues.Find("api-token")));
    }

    private ConfigDocument? Saved() => admin.Admin.States.Current.Value.JobTypes[Type].Config;

    private async Task<ConfigEdit> EditAsync()
    {
        for (var version = -1L; ;)
        {
            (version, _) = await admin.Admin.Views.NewerAsync(version, CancellationToken.None);
            if (admin.Admin.States.Current.Value.JobTypes.GetValueOrDefault(Type) is { Descriptor: { } descriptor, Config: not null } known)
            {
                return new ConfigEdit(descriptor, known.Config, detects: true, edits: true);
            }
        }
    }

    private async Task<ScriptedWorker> OfferAsync()
    {
        var worker = new ScriptedWorker(admin.Address, "w-vault");
        await worker.HelloAsync(Type);
        var asked = await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        await worker.SendAsync(new WorkerToAdminMessage
        {
            ConfigSchemaResponse = new ConfigSchemaResponse
            {
                RequestId = asked.RequestId,
                JobType = Type,
                Success = true,
                JobTypeDescriptor = new DescriptorBuilder(Type, "Vault", "Described by a test.", "fa-code", 1).Worker(form => form.Section("s", "Access", "", section =>
                {
                    section.Integer("count", "Count", "", 3);
                    section.Text("label", "Label", "", "none");
                    section.Secret("api-token", "Token", "");
                })).Build(),
            },
        });
        return worker;
    }

    /// <summary>A real shell makes words and an input of the line; the tool gets those.</summary>
    private async Task<Answer> RunAsync(string line, int code)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"pluginctl() {{ printf '%s\\0' \"$@\"; cat >&2; }}\n{line}");
        start.Environment["API_TOKEN"] = Secret;
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        var (words, input) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();
        var answer = await new Shell("nowhere:1") { Input = Encoding.UTF8.GetBytes(await input) }.RunAsync((await words).Split('\0')[..^1]);
        Assert.True(answer.Code == code, $"{line}\n{answer.Code}\n{answer.Error}");
        return answer;
    }
}

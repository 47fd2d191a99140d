using System.Globalization;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Commands;
using BlazorPluginAdmin.WorkerStock.FileRetention;
using BlazorPluginAdmin.WorkerStock.FileScrub;
using BlazorPluginAdmin.WorkerStock.Http;
using BlazorPluginAdmin.WorkerStock.Scripts;
using Kind = BlazorPluginAdmin.Wire.ConfigValue.KindOneofCase;

namespace BlazorPluginAdmin.WorkerStock.Tests;

/// <summary>The forms as people were promised them, line by line: default, range, visibility, rules.</summary>
public sealed class DescriptorTests
{
    private const string Command = """
        admin policy allowed_commands List/Textarea = [] MaxItems 256, Regex [^\s]+
        admin policy blocked_commands List/Textarea = [shutdown,reboot,poweroff,halt,mkfs*] MaxItems 256, Regex [^\s]+
        admin policy allow_shell Bool/Toggle = false
        worker job command String/Text required MinLength 1, MaxLength 4096, Regex [^\r\n]*
        worker job shell Bool/Toggle = false
        worker job args List/Textarea = [] MaxItems 1024
        worker job working_dir String/Text = "" Custom absolute_path
        worker job env Object/Textarea = {} MaxItems 256, Custom env_names
        worker job stdin Bytes/Textarea = 0 bytes MaxLength 1048576
        worker job.result success_exit_codes List/Text = [0] 0..255 MinItems 1, MaxItems 32
        worker job.result merge_stderr Bool/Toggle = false
        worker job.result kill_grace Duration/Duration = 10 s 0 s..300 s
        worker process inherit_env Bool/Toggle = true
        worker process pass_env List/Textarea = [PATH,HOME,LANG,TZ,TMPDIR] when inherit_env = false
        worker process niceness Int64/Number = 5 0..19
        worker process memory_limit_mib Int64/Number = 0 0..1048576
        worker process max_output_mib Int64/Number = 16 1..1024
        """;

    private const string Script = """
        worker job interpreter Enum/Select = "bash" of bash|-python|-node
        worker job source String/Textarea required MinLength 1, MaxLength 262144
        worker job strict Bool/Toggle = true when interpreter = "bash"
        worker job isolated Bool/Toggle = false when interpreter = "python"
        worker job module_kind Enum/Select = "commonjs" of commonjs|module when interpreter = "node"
        worker job parse_progress Bool/Toggle = false
        worker job args List/Textarea = [] MaxItems 1024
        worker job working_dir String/Text = "" Custom absolute_path
        worker job env Object/Textarea = {} MaxItems 256, Custom env_names
        worker job stdin Bytes/Textarea = 0 bytes MaxLength 1048576
        worker job.result success_exit_codes List/Text = [0] 0..255 MinItems 1, MaxItems 32
        worker job.result merge_stderr Bool/Toggle = false
        worker job.result kill_grace Duration/Duration = 10 s 0 s..300 s
        worker process inherit_env Bool/Toggle = true
        worker process pass_env List/Textarea = [PATH,HOME,LANG,TZ,TMPDIR] when inherit_env = false
        worker process niceness Int64/Number = 5 0..19
        worker process memory_limit_mib Int64/Number = 0 0..1048576
        worker process max_output_mib Int64/Number = 16 1..1024
        worker interpreters table Object/Textarea = {bash,node,python} MinItems 1, MaxItems 16
        worker interpreters found List/Text read-only = [bash 5.2]
        """;

    private const string Http = """
        worker job method Enum/Select = "GET" of GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS
        worker job url String/Text required Custom http_url, MaxLength 8192
        worker job headers Object/Textarea = {} Custom header_map, MaxItems 64
        worker job body_kind Enum/Select = "none" of none|text|json|bytes
        worker job body_text String/Textarea = "" when body_kind = "text" MaxLength 1048576
        worker job body_json Object/Textarea = {} when body_kind = "json" MaxLength 1048576
        worker job body_bytes Bytes/Textarea = 0 bytes when body_kind = "bytes" MaxLength 1048576
        worker job.auth auth Enum/Select = "none" of none|basic|bearer
        worker job.auth user String/Text = "" when auth = "basic" MaxLength 256
        worker job.auth password String/Password sensitive when auth = "basic"
        worker job.auth token String/Password sensitive when auth = "bearer"
        worker job.expect accept_status List/MultiSelect = [2xx] of 2xx|3xx|4xx|5xx MinItems 1
        worker job.expect accept_codes List/Text = [] 100..599 MaxItems 32
        worker job.expect body_regex String/Text = ""
        worker job.time request_timeout Duration/Duration = 30 s 0.1 s..3600 s
        worker job.time connect_timeout Duration/Duration = 10 s 0.1 s..60 s
        worker job.time redirects Int64/Number = 5 0..20
        worker egress deny_networks List/Textarea = [169.254.0.0/16,fe80::/10,fd00:ec2::254/128] Custom cidr
        worker egress allowed_hosts List/Textarea = []
        worker egress tls_verify Bool/Toggle = true
        worker egress ca_pem Bytes/Textarea = 0 bytes
        """;

    private const string Retention = """
        admin scope dispatch_detector_scope Enum/Select = "each" of each|one
        worker scope roots List/Textarea required MinItems 1, MaxItems 64, Custom safe_root
        worker scope include List/Textarea = [**/*] Custom glob, MaxItems 128
        worker scope exclude List/Textarea = [.git/**] Custom glob, MaxItems 128
        worker scope max_depth Int64/Unspecified = 32 1..256
        worker scope one_filesystem Bool/Toggle = true
        worker selection older_than_days Double/Number = 30 0..36500 Custom not_both_zero:larger_than_mib
        worker selection larger_than_mib Double/Number = 0 0..1000000000
        worker selection match Enum/Select = "any" of any|all
        worker selection age_basis Enum/Select = "mtime" of mtime|ctime|-atime
        worker selection untouched_for Duration/Duration = 600 s 0 s..2592000 s
        worker selection min_keep Int64/Number = 3 0..100000
        worker selection act_below_free_percent Double/Number = 0 0..100
        worker selection weekdays List/MultiSelect = [mon,tue,wed,thu,fri,sat,sun] of mon|tue|wed|thu|fri|sat|sun MinItems 1
        worker action action Enum/Select = "gzip" of gzip|move|delete
        worker action gzip_level Int64/Number = 6 1..9 when action = "gzip"
        worker action move_to String/Text required when action = "move" Custom safe_root
        worker action delete_word String/Text required when action = "delete" Regex delete
        worker action dry_run Bool/Toggle = true
        worker action batch_files Int64/Number = 1000 1..5000
        worker action batch_mib Int64/Number = 10240 1..1048576
        worker action overrides Object/Textarea = {} MaxItems 64
        """;

    private const string Scrub = """
        admin scope dispatch_detector_scope Enum/Select = "each" of each|one
        worker scope roots List/Textarea required MinItems 1, MaxItems 64, Custom absolute_path
        worker scope include List/Textarea = [**/*] Custom glob, MaxItems 128
        worker scope exclude List/Textarea = [.git/**] Custom glob, MaxItems 128
        worker scope max_depth Int64/Unspecified = 32 1..256
        worker scope one_filesystem Bool/Toggle = true
        worker schedule verify_every_days Double/Number = 30 0.01..3650
        worker schedule untouched_for Duration/Duration = 3600 s 0 s..2592000 s
        worker schedule order Enum/Select = "oldest_first" of oldest_first|path|random
        worker effort batch_files Int64/Number = 500 1..5000
        worker effort batch_mib Int64/Number = 4096 1..1048576
        worker effort io_limit_mib_per_second Double/Number = 0 0..10000
        worker findings confirm_reads Int64/Number = 2 1..5
        worker findings accept_changed Bool/Toggle = true
        worker findings fail_on List/MultiSelect = [bit_rot,unreadable] of bit_rot|missing|changed|unreadable
        worker findings manifest_key Bytes/Password sensitive = 0 bytes MinLength 16
        """;

    [Fact]
    public void Command_HasItsFields() => Assert.Equal(Command, Lines(CommandDescriptor.Build()));

    [Fact]
    public void Script_HasItsFields_AndWhatIsMissingCannotBeChosen() => Assert.Equal(Script, Lines(ScriptDescriptor.Build(Bash)));

    [Fact]
    public void Http_HasItsFields() => Assert.Equal(Http, Lines(HttpDescriptor.Build()));

    [Fact]
    public void Retention_HasItsFields() => Assert.Equal(Retention, Lines(RetentionDescriptor.Build()));

    [Fact]
    public void Scrub_HasItsFields() => Assert.Equal(Scrub, Lines(ScrubDescriptor.Build()));

    /// <summary>Whoever connects the stock worker sees every kind of field the protocol has.</summary>
    [Fact]
    public void EveryFieldType_Widget_AndRule_IsUsed()
    {
        var fields = Handlers.Select(handler => handler.Descriptor).SelectMany(descriptor => descriptor.AdminConfigForm.Sections.Concat(descriptor.WorkerConfigForm.Sections)).SelectMany(section => section.Fields).ToList();
        Assert.Equal(Enum.GetValues<ConfigFieldType>().Except([ConfigFieldType.Unspecified]), fields.Select(field => field.FieldType).Distinct().Order());
        Assert.Equal(Enum.GetValues<ConfigWidget>(), fields.Select(field => field.Widget).Distinct().Order());
        Assert.Equal(Enum.GetValues<ValidationRuleType>().Except([ValidationRuleType.Unspecified]), fields.SelectMany(field => field.ValidationRules).Select(rule => rule.Type).Distinct().Order());
        Assert.Equal(StockOptions.KnownTypes, Handlers.Select(handler => handler.Descriptor.JobType));
    }

    [Fact]
    public void Heads_AndRuntimeDefaults_AreTheSpecifiedOnes()
    {
        Assert.Equal("command|Command|fa-terminal|1|True 0 0 0 64 4 0 5 0 300", Head(CommandDescriptor.Build()));
        Assert.Equal("script|Script|fa-code|1|True 0 0 0 64 4 0 5 0 300", Head(ScriptDescriptor.Build(Bash)));
        Assert.Equal("http|HTTP call|fa-globe|1|True 0 0 0 64 8 2 5 0 60", Head(HttpDescriptor.Build()));
        Assert.Equal("file_retention|File retention|fa-recycle|1|False 60 300 100 16 1 1 60 3600 3600", Head(RetentionDescriptor.Build()));
        Assert.Equal("file_scrub|File scrub|fa-fingerprint|1|False 60 300 100 16 1 1 60 3600 3600", Head(ScrubDescriptor.Build()));
        Assert.Equal([50, 50, 40, 30, 20], Handlers.Select(handler => handler.Weight));
    }

    [Fact]
    public void EveryField_HasALabelAndHelp_AndEveryForm_ItsId()
    {
        foreach (var descriptor in Handlers.Select(handler => handler.Descriptor))
        {
            Assert.Equal(($"{descriptor.JobType}.admin", $"{descriptor.JobType}.worker"), (descriptor.AdminConfigForm.FormId, descriptor.WorkerConfigForm.FormId));
            Assert.All(
                descriptor.AdminConfigForm.Sections.Concat(descriptor.WorkerConfigForm.Sections).SelectMany(section => section.Fields),
                field => Assert.True(field.Label.Length > 0 && field.HelpText.Length > 0, field.Name));
            Assert.Equal(descriptor.WorkerConfigForm.DefaultValues, descriptor.WorkerDefaultValues);
        }
    }

    private static Interpreters Bash { get; } = new(Interpreters.Defaults, [new FoundInterpreter("bash", "5.2")]);

    private static IReadOnlyList<IJobHandler> Handlers { get; } =
    [
        new CommandHandler(new StockOptions(), TimeProvider.System),
        new ScriptHandler(new StockOptions(), Bash, TimeProvider.System),
        new HttpHandler(TimeProvider.System, HttpHandler.SystemResolverAsync),
        new RetentionHandler(new StockOptions(), TimeProvider.System),
        new ScrubHandler(new StockOptions(), TimeProvider.System),
    ];

    private static string Head(JobTypeDescriptor descriptor)
    {
        var defaults = descriptor.AdminRuntimeDefaults;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{descriptor.JobType}|{descriptor.DisplayName}|{descriptor.Icon}|{descriptor.DescriptorVersion}|{defaults.Enabled} {defaults.DetectionIntervalMinutes} {defaults.DetectionTimeoutSeconds} {defaults.MaxJobsPerDetection} {defaults.GlobalExecutionConcurrency} {defaults.PerWorkerExecutionConcurrency} {defaults.RetryLimit} {defaults.RetryBackoffSeconds} {defaults.JobTypeMaxRuntimeSeconds} {defaults.ExecutionTimeoutSeconds}");
    }

    private static string Lines(JobTypeDescriptor descriptor) => string.Join(
        "\n",
        ((IEnumerable<(string Name, ConfigForm Form)>)[("admin", descriptor.AdminConfigForm), ("worker", descriptor.WorkerConfigForm)])
            .SelectMany(form => form.Form.Sections.SelectMany(section => section.Fields.Select(field => $"{form.Name} {section.SectionId} {Line(form.Form, field)}"))));

    private static string Line(ConfigForm form, ConfigField field) => string.Join(' ', ((IEnumerable<string>)
    [
        $"{field.Name} {field.FieldType}/{field.Widget}",
        field.Sensitive ? "sensitive" : "",
        field.ReadOnly ? "read-only" : "",
        field.Required ? "required" : form.DefaultValues.TryGetValue(field.Name, out var value) ? $"= {Text(value)}" : "",
        field.Options.Count > 0 ? $"of {string.Join('|', field.Options.Select(option => (option.Disabled ? "-" : "") + option.Value))}" : "",
        field.MinValue is null ? "" : $"{Text(field.MinValue)}..{Text(field.MaxValue)}",
        field.VisibleWhenField.Length == 0 ? "" : $"when {field.VisibleWhenField} = {Text(field.VisibleWhenEquals)}",
        string.Join(", ", field.ValidationRules.Select(rule => $"{rule.Type} {rule.Expression}")),
    ]).Where(part => part.Length > 0));

    private static string Text(ConfigValue value) => value.KindCase switch
    {
        Kind.StringValue => $"\"{value.StringValue}\"",
        Kind.BoolValue => value.BoolValue ? "true" : "false",
        Kind.Int64Value => value.Int64Value.ToString(CultureInfo.InvariantCulture),
        Kind.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        Kind.DurationValue => $"{(value.DurationValue.Seconds + (value.DurationValue.Nanos / 1e9)).ToString(CultureInfo.InvariantCulture)} s",
        Kind.BytesValue => $"{value.BytesValue.Length.ToString(CultureInfo.InvariantCulture)} bytes",
        Kind.StringList => $"[{string.Join(',', value.StringList.Values)}]",
        Kind.Int64List => $"[{string.Join(',', value.Int64List.Values)}]",
        Kind.MapValue => $"{{{string.Join(',', value.MapValue.Fields.Keys.Order(StringComparer.Ordinal))}}}",
        _ => value.KindCase.ToString(),
    };
}

using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Http;

/// <summary>The form of http.</summary>
public static class HttpDescriptor
{
    private const int LongestBody = 1_048_576;

    public static JobTypeDescriptor Build() => new DescriptorBuilder("http", "HTTP call", "Calls an address from a worker and keeps the answer.", "fa-globe")
        .Admin(_ => { })
        .Worker(form => form
            .Section("job", "Request", "", Request)
            .Section("job.auth", "Authentication", "Sent to the host of the address alone, not to where it redirects.", Auth)
            .Section("job.expect", "Accepted answers", "Everything else is a failure; 408, 425, 429, 5xx and network errors are tried again.", Expect)
            .Section("job.time", "Time and redirects", "", Times)
            .Section("egress", "Egress", "Where calls may go. Checked on the address that is connected to, at every redirect.", Egress))
        .Runtime(runtime =>
        {
            runtime.GlobalExecutionConcurrency = 64;
            runtime.PerWorkerExecutionConcurrency = 8;
            runtime.RetryLimit = 2;
            runtime.RetryBackoffSeconds = 5;
            runtime.ExecutionTimeoutSeconds = 60;
        })
        .Build();

    private static void Request(SectionBuilder section)
    {
        section.Select("method", "Method", "The HTTP method.", "GET", ("GET", "GET"), ("HEAD", "HEAD"), ("POST", "POST"), ("PUT", "PUT"), ("PATCH", "PATCH"), ("DELETE", "DELETE"), ("OPTIONS", "OPTIONS"));
        section.Text("url", "Address", "http or https.").Required().Placeholder("https://…").Check("http_url").MaxLength(8192);
        section.Map("headers", "Headers", "Name → value.").Check("header_map").MaxItems(64);
        section.Select("body_kind", "Body", "What is sent.", "none", ("none", "None"), ("text", "Text"), ("json", "JSON"), ("bytes", "Bytes"));
        section.TextArea("body_text", "Text", "Sent as text/plain in UTF-8 unless a header says otherwise.").VisibleWhen("body_kind", "text").MaxLength(LongestBody);
        section.Map("body_json", "JSON", "An object, sent as application/json.").VisibleWhen("body_kind", "json").MaxLength(LongestBody);
        section.Bytes("body_bytes", "Bytes", "Sent as application/octet-stream unless a header says otherwise.").VisibleWhen("body_kind", "bytes").MaxLength(LongestBody);
    }

    private static void Auth(SectionBuilder section)
    {
        section.Select("auth", "Authentication", "How the caller proves who it is.", "none", ("none", "None"), ("basic", "User and password"), ("bearer", "Bearer token"));
        section.Text("user", "User", "Name for basic authentication.").VisibleWhen("auth", "basic").MaxLength(256);
        section.Secret("password", "Password", "Never shown again.").VisibleWhen("auth", "basic");
        section.Secret("token", "Token", "Never shown again.").VisibleWhen("auth", "bearer");
    }

    private static void Expect(SectionBuilder section)
    {
        section.MultiSelect("accept_status", "Accepted status", "Classes of status codes.", ["2xx"], ("2xx", "2xx Success"), ("3xx", "3xx Redirection"), ("4xx", "4xx Client error"), ("5xx", "5xx Server error")).MinItems(1);
        section.List("accept_codes", "Accepted codes", "Single status codes beside those classes.", Array.Empty<long>()).Range(100L, 599L).MaxItems(32).Field.Widget = ConfigWidget.Text;
        section.Text("body_regex", "Body matches", "Must match somewhere in the first 1 MiB of the body; empty = anything.");
    }

    private static void Times(SectionBuilder section)
    {
        section.Duration("request_timeout", "Request timeout", "For the whole call with its redirects and body.", TimeSpan.FromSeconds(30)).Range(TimeSpan.FromSeconds(0.1), TimeSpan.FromHours(1));
        section.Duration("connect_timeout", "Connect timeout", "For each connection.", TimeSpan.FromSeconds(10)).Range(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(60));
        section.Integer("redirects", "Redirects", "Followed at most; 0 = the redirection is the answer.", 5).Range(0L, 20L);
    }

    private static void Egress(SectionBuilder section)
    {
        section.List("deny_networks", "Denied networks", "A host that resolves into one of them is not connected to.", new[] { "169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128" }).Check("cidr");
        section.List("allowed_hosts", "Allowed hosts", "Names or patterns with * and ?; empty allows all.", Array.Empty<string>());
        section.Toggle("tls_verify", "Verify certificates", "Off: anybody on the way can read and change the call.", true);
        section.Bytes("ca_pem", "Authorities (PEM)", "Trusted instead of those of the worker's system.");
    }
}

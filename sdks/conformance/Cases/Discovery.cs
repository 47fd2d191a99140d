using BlazorPluginAdmin.Conformance.Admin;
using BlazorPluginAdmin.Conformance.Kit;
using Microsoft.AspNetCore.Http;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>Group F: how the worker port is found.</summary>
internal static class Discovery
{
    [Case("F9", "an admin that comes back on another port is found by its status route", 30)]
    public static async Task F9(CaseRun run)
    {
        var port = StatusRoute.FreePort();
        var first = await run.AdminAsync();
        var before = run.Own(await StatusRoute.StartAsync(port));
        before.Answer = StatusRoute.Json($$"""{"worker_grpc_port": {{first.Port}}, "worker_count": 0}""");
        var worker = await run.WorkerAsync($"127.0.0.1:{port}");
        var running = worker.DoAsync("run_forever");
        var stream = await first.GreetAsync();
        await stream.BeatAsync(_ => true, "a heartbeat", 5);
        stream.Drop();
        await worker.ClosedAsync(1, 3);
        await before.DisposeAsync();
        await first.DisposeAsync();

        // The first pause is 4 to 6 s: then nobody is there. The second one is twice as long.
        await CaseClock.PauseAsync(7.5);
        var second = await run.AdminAsync();
        var after = run.Own(await StatusRoute.StartAsync(port));
        after.Answer = StatusRoute.Json($$"""{"worker_grpc_port": {{second.Port}}}""");
        await (await second.Streams.AwaitAsync(_ => true, "the worker on the new port", 14)).Item.GreetAsync();
        Expect.True(after.Asked > 0 && !running.IsCompleted, "the status route to be asked again, and run_forever to go on", after.Asked);
    }

    [Case("F10", "a status route that is of no use: the port 10,000 above is dialled", 25)]
    public static async Task F10(CaseRun run)
    {
        var port = StatusRoute.FreePort();
        var route = run.Own(await StatusRoute.StartAsync(port));
        var admin = await run.AdminAsync(port: StatusRoute.ConventionOf(port));
        var worker = await run.WorkerAsync(route.Address);
        Task Redirect(HttpContext http)
        {
            http.Response.Redirect("/login");
            return Task.CompletedTask;
        }

        Task Refuse(HttpContext http)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        async Task Hang(HttpContext http)
        {
            var gone = new TaskCompletionSource();
            await using var told = http.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        }

        (string Name, Func<HttpContext, Task> Answer)[] ways =
        [
            ("401", Refuse), ("bad JSON", StatusRoute.Json("{\"worker_grpc_port\": ")), ("no such member", StatusRoute.Json("{}")), ("a list", StatusRoute.Json("[1]")), ("port 0", StatusRoute.Json("{\"worker_grpc_port\": 0}")),
            ("a text", StatusRoute.Json("{\"worker_grpc_port\": \"yes\"}")), ("a port of 70000", StatusRoute.Json("{\"worker_grpc_port\": 70000}")), ("a redirect", Redirect), ("nothing, for ever", Hang),
        ];
        foreach (var ((name, answer), index) in ways.Select((way, index) => (way, index)))
        {
            route.Answer = answer;
            var (asked, from) = (route.Asked, run.Clock.Now);
            var starting = worker.DoAsync("start", 12);
            var stream = await admin.StreamAsync(index + 1, index == 0 ? 8 : 5);
            var took = run.Clock.Now - from;
            await stream.GreetAsync();
            (await starting).Ok();
            Expect.True(index == 0 || took <= run.Clock.Patient(4.5), $"the other port to be dialled within 4.5 s after {name}", $"{took.TotalSeconds:0.0} s");
            Expect.True(route.Asked > asked, $"the status route to be asked at every start ({name})", "it was not");
            (await worker.DoAsync("stop", 5)).Ok();
        }

        await route.DisposeAsync();
        await CaseRun.ConnectAsync(admin, worker, ways.Length + 1);
        (await worker.DoAsync("stop", 5)).Ok();

        // The dotted form asks nobody.
        var dotted = await run.WorkerAsync($"127.0.0.1:{port}.{admin.Port}");
        await CaseRun.ConnectAsync(admin, dotted, ways.Length + 2);
    }
}

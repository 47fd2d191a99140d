using System.Text;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>Forms that a worker describes as it likes: secrets, long lists, fields that come and go, another form tomorrow.</summary>
public sealed class FormsTests(EmptyAdmin browser) : IClassFixture<EmptyAdmin>
{
    private const string Secret = "t0p-Secret-7f3a";

    [Fact]
    public async Task Secret_LeavesTheBrowserOnce_AndNeverComesBack()
    {
        using var worker = await OfferAsync("vault", form => form.Section("s", "Access", "", section =>
        {
            section.Secret("token", "Token", "For the store.");
            section.Text("user", "User", "", "nobody");
        }));
        var (page, complaints) = await browser.OpenAsync("/");
        var received = new StringBuilder();
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => Note(frame.Text ?? Encoding.Latin1.GetString(frame.Binary ?? []));
        void Note(string text)
        {
            lock (received)
            {
                received.Append(text);
            }
        }

        await OpenAsync(page, "vault");
        var box = page.Locator("#w-worker-token");
        var field = page.Locator("[data-field=token]");
        await Expect(box).ToHaveAttributeAsync("type", "password");
        await field.GetByRole(AriaRole.Button, new() { Name = "Show while typing" }).ClickAsync();
        await Expect(box).ToHaveAttributeAsync("type", "text");
        await box.FillAsync(Secret);
        await box.PressAsync("Tab");
        await Expect(field).ToContainTextAsync("Will be set");
        await ReviewAsync(page, "token");
        await Expect(page.GetByTestId("review").Locator("[data-change=token]")).Not.ToContainTextAsync(Secret);
        await SaveAsync(page);
        await Expect(field).ToContainTextAsync("ago by operator");

        await box.ClickAsync();
        await Expect(box).ToHaveAttributeAsync("type", "password");
        await box.FillAsync($"{Secret}-2");
        await box.PressAsync("Tab");
        await Expect(field).ToContainTextAsync("Will be replaced");
        await SaveAsync(page);
        await field.GetByRole(AriaRole.Button, new() { Name = "Clear Token" }).ClickAsync();
        await Expect(field).ToContainTextAsync("Will be cleared");
        await field.GetByRole(AriaRole.Button, new() { Name = "Keep the stored value" }).ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("No unsaved changes");

        await page.GetByTestId("view-json").ClickAsync();
        await Expect(page.GetByTestId("config-json")).ToContainTextAsync("token");
        Note(Encoding.UTF8.GetString(Convert.FromBase64String((await page.GetByTestId("download-json").GetAttributeAsync("href"))!.Split("base64,")[1])));
        await page.GetByTestId("view-curl").ClickAsync();
        await Expect(page.GetByTestId("curl-view")).ToBeVisibleAsync();
        using var http = new HttpClient();
        foreach (var path in (string[])["/plugin/configuration?job=vault", "/api/plugin/job-types/vault/config", "/api/plugin/job-types/vault/descriptor"])
        {
            using var answer = await http.GetAsync(new Uri(browser.Admin.Address + path));
            Note(await answer.Content.ReadAsStringAsync());
        }

        await browser.VisitAsync(page, "/plugin/configuration?job=vault&version=1&with=2");
        await Expect(page.GetByTestId("version-diff").Locator("[data-change=token]")).ToBeVisibleAsync();
        Note(await page.ContentAsync());
        lock (received)
        {
            Assert.Contains("Will be replaced", received.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, received.ToString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Secret, await page.EvaluateAsync<string>("JSON.stringify({...sessionStorage, ...localStorage})"), StringComparison.Ordinal);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>What the worker says now is shown in place; what it does not say stays as it was.</summary>
    [Fact]
    public async Task RefreshedSchema_ComesFromTheWorker_AndIsShownInPlace()
    {
        using var worker = await OfferAsync("fresh", form => form.Section("s", "S", "", section => section.Text("old", "Old", "", "1")));
        var (page, complaints) = await browser.OpenAsync("/plugin/configuration?job=fresh");
        await Expect(page.Locator("#w-worker-old")).ToHaveValueAsync("1");
        await page.GetByTestId("refresh-schema").ClickAsync();
        await Expect(page.GetByTestId("toast")).ToContainTextAsync("Asked a worker for its newest form.");
        var asked = await worker.NextAsync(Body.RequestConfigSchema);
        Assert.True(asked.RequestConfigSchema.ForceRefresh);
        await AnswerAsync(worker, asked.RequestId, new DescriptorBuilder("fresh", "fresh", "Described anew.", "fa-code", 2).Worker(form => form.Section("s", "S", "", section =>
        {
            section.Text("old", "Old", "", "1");
            section.Text("more", "More", "", "2");
        })).Build());
        await Expect(page.Locator("#w-worker-more")).ToHaveValueAsync("2");
        await Expect(page.Locator(".form-lead").First).ToContainTextAsync("form version 2");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task AnotherForm_IsToldFieldByField_AndDropsNothing()
    {
        using var worker = await OfferAsync("shift", form => form.Section("s", "Settings", "", section =>
        {
            section.Text("gone", "Gone", "", "");
            section.Text("kept", "Kept", "", "a");
            section.Text("width", "Width", "", "");
            section.Select("size", "Size", "", "small", ("small", "Small"), ("large", "Large"));
            section.Secret("token", "Token", "");
        }));
        var (page, complaints) = await browser.OpenAsync("/plugin/configuration?job=shift");
        foreach (var (name, text) in ((string, string)[])[("gone", "precious"), ("width", "wide"), ("token", Secret)])
        {
            await TypeAsync(page, name, text);
        }

        await page.Locator("[data-field=size] input[value=large]").CheckAsync();
        await SaveAsync(page);
        await TypeAsync(page, "kept", "typed and not saved");
        using var other = await OfferAsync("shift", form => form.Section("s", "Settings", "", section =>
        {
            section.Integer("added", "Added", "", 9);
            section.Text("kept", "Kept", "", "a");
            section.Integer("width", "Width", "", 7);
            section.Select("size", "Size", "", "small", ("small", "Small"), ("medium", "Medium"));
            section.Text("token", "Token", "");
        }), "w-shift-2", version: 2);
        var banner = page.GetByTestId("schema-changes");
        foreach (var said in (string[])["Added: new field; its default counts: 9", "Gone: no longer in the form; the stored precious is kept", "Width: was text, is a whole number now; the stored wide does not fit", "Size: no longer offered: large"])
        {
            await Expect(banner).ToContainTextAsync(said);
        }

        await Expect(page.Locator("#w-worker-kept")).ToHaveValueAsync("typed and not saved");
        await Expect(page.GetByTestId("other-values")).ToContainTextAsync("gone");
        await Expect(page.Locator("[data-field=size]")).ToContainTextAsync("large (no longer offered)");
        await Expect(page.Locator("#w-worker-width")).ToHaveValueAsync("wide");
        await Expect(page.Locator("[data-field=token]")).ToContainTextAsync("no longer calls this a secret");
        Assert.DoesNotContain(Secret, await page.ContentAsync(), StringComparison.Ordinal);
        await PageChecks.CheckAsync(page, "config-schema");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, "config-schema-full.png"), FullPage = true });

        // Every page says it, since when, and leads here; once somebody has seen it, none does.
        var (elsewhere, _) = await browser.OpenAsync("/workers", 390, 844, "dark");
        var told = elsewhere.GetByTestId("schema-changed");
        await Expect(told).ToContainTextAsync("A worker brought another form of shift. Nothing of the saved config was dropped");
        await Expect(told.Locator("time")).ToBeVisibleAsync();
        await PageChecks.CheckAsync(elsewhere, "banner-form-390-dark");
        await told.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(elsewhere.GetByTestId("schema-changes")).ToContainTextAsync("Gone: no longer in the form");
        await Expect(page.GetByTestId("schema-changed")).ToBeVisibleAsync();
        await banner.GetByRole(AriaRole.Button, new() { Name = "Seen" }).ClickAsync();
        await Expect(banner).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("schema-changed")).ToHaveCountAsync(0);
        await Expect(told).ToHaveCountAsync(0);
        await elsewhere.Context.CloseAsync();
        await Expect(page.Locator("#w-worker-kept")).ToHaveValueAsync("typed and not saved");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task LongLists_HiddenFields_Sections_AndImportFromAFile()
    {
        using var worker = await OfferAsync("shapes", form =>
        {
            form.Section("s", "Shapes", "", section =>
            {
                section.List("names", "Names", "", Array.Empty<string>()).Regex(@"[^\s]+", "No blanks.");
                section.Select("mode", "Mode", "", "plain", ("plain", "Plain"), ("fancy", "Fancy"));
                section.Text("detail", "Detail", "", "").VisibleWhen("mode", "fancy");
                section.Text("deep", "Deep", "", "").VisibleWhen("detail", "x");
                section.Integer("count", "Count", "", 1).Field.ReadOnly = true;
            });
            form.Section("more", "More", "", section =>
            {
                section.Text("one", "One", "");
                section.Text("two", "Two", "");
                section.Integer("odd", "Odd", "", 3);
            });
        }, spoil: descriptor =>
        {
            // What the builder of the SDK refuses, other workers may send.
            var fields = descriptor.WorkerConfigForm.Sections.SelectMany(section => section.Fields).ToDictionary(field => field.Name);
            (fields["one"].VisibleWhenField, fields["two"].VisibleWhenField) = ("two", "one");
            (fields["odd"].MinValue, fields["odd"].MaxValue) = (new ConfigValue { Int64Value = 5 }, new ConfigValue { Int64Value = 1 });
        });
        var (page, complaints) = await browser.OpenAsync("/plugin/configuration?job=shapes");

        // Pasted lines become items; of many only those in sight are there. Keys move one, and it keeps the focus and its text.
        await Browser.StreamsAsync(page.Locator("#w-worker-names"));
        await page.EvalOnSelectorAsync("#w-worker-names", "box => { const data = new DataTransfer(); data.setData('text', Array.from({ length: 300 }, (_, n) => `n${n + 1}`).join('\\n')); box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }");
        await Expect(page.Locator("[data-field=names]")).ToContainTextAsync("300 items");
        var items = page.Locator("[data-field=names] .field-item input");
        await Expect(items.First).ToHaveValueAsync("n1");
        Assert.InRange(await items.CountAsync(), 8, 60);
        ILocator Item(int n) => page.GetByLabel($"Names, item {n}", new() { Exact = true });
        await Item(2).FillAsync("moved");
        await Item(2).PressAsync("Alt+ArrowDown");
        await Expect(Item(3)).ToHaveValueAsync("moved");
        await Expect(Item(3)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await Expect(Item(2)).ToBeFocusedAsync();
        await Item(1).FillAsync("not ok");
        await Item(1).PressAsync("Tab");
        await Expect(page.Locator("[data-field=names] .field-item").First).ToContainTextAsync("No blanks.");

        // A closed section still counts; what leads to an error opens it.
        var head = page.GetByRole(AriaRole.Button, new() { Name = "Shapes", Exact = true });
        await head.ClickAsync();
        await Expect(head).ToHaveAttributeAsync("aria-expanded", "false");
        await Expect(page.Locator(".form-section-head").Filter(new() { HasText = "Shapes" })).ToContainTextAsync("1 error");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Configuration (1)" })).ToBeVisibleAsync();
        await page.GetByTestId("save-config").ClickAsync();
        await Expect(head).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(page.Locator("#w-worker-names")).ToBeFocusedAsync();
        await PageChecks.CheckAsync(page, "config-list");
        await page.GetByRole(AriaRole.Button, new() { Name = "Names, item 1: remove" }).ClickAsync();
        await Expect(page.Locator("[data-field=names]")).ToContainTextAsync("299 items");
        await page.Locator("[data-field=names]").GetByRole(AriaRole.Button, new() { Name = "Undo remove" }).ClickAsync();
        await Expect(Item(1)).ToHaveValueAsync("not ok");
        await Item(1).FillAsync("ok");
        await Item(1).PressAsync("Tab");

        // A hidden controller hides what depends on it; the focus of a field that goes away goes to its controller.
        await Expect(page.Locator("[data-field=detail]")).ToHaveCountAsync(0);
        await page.Locator("[data-field=mode] input[value=fancy]").CheckAsync();
        await TypeAsync(page, "detail", "x");
        await page.Locator("#w-worker-deep").FocusAsync();
        await page.EvalOnSelectorAsync("[data-field=mode] input[value=plain]", "box => { box.checked = true; box.dispatchEvent(new Event('change', { bubbles: true })); }");
        await Expect(page.Locator("[data-field=deep]")).ToHaveCountAsync(0);
        await Expect(page.Locator("#w-worker-mode")).ToBeFocusedAsync();
        await Expect(page.Locator("[data-field=one]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-field=two]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-field=count]")).ToContainTextAsync("set by the worker");
        await Expect(page.Locator("[data-field=odd]")).ToContainTextAsync("neither is enforced");
        await page.Locator("[data-field=mode] input[value=fancy]").CheckAsync();
        await ReviewAsync(page, "names", "mode", "detail");
        await SaveAsync(page);

        // The menu of a field, and a file that becomes unsaved changes.
        await page.GetByTestId("view-json").ClickAsync();
        await page.GetByTestId("import-file").SetInputFilesAsync(new FilePayload { Name = "shapes.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes("""{"worker_config_values":{"odd":"9007199254740993","names":["from","file"]}}""") });
        await page.GetByTestId("take-import").ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("2 unsaved changes");
        await Expect(page.Locator("#w-worker-odd")).ToHaveValueAsync("9007199254740993");
        await page.Locator("[data-field=odd] summary").ClickAsync();
        await page.Locator("[data-field=odd]").GetByRole(AriaRole.Button, new() { Name = "Use default" }).ClickAsync();
        await Expect(page.Locator("#w-worker-odd")).ToHaveValueAsync("3");
        await page.Locator("[data-field=names] summary").First.ClickAsync();
        await page.Locator("[data-field=names]").GetByRole(AriaRole.Button, new() { Name = "Undo my change" }).ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("No unsaved changes");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Reload_AsksTheBrowserWay_AndFieldSectionAndFormAreSetBack()
    {
        using var worker = await OfferAsync("guarded", form =>
        {
            form.Section("a", "Alpha", "", section =>
            {
                section.Text("one", "One", "", "1");
                section.Text("two", "Two", "", "2");
            });
            form.Section("b", "Beta", "", section => section.Text("three", "Three", "", "3"));
        });
        var (page, complaints) = await browser.OpenAsync("/plugin/configuration?job=guarded");
        string[] names = ["one", "two", "three"];
        foreach (var name in names)
        {
            await TypeAsync(page, name, "own");
        }

        // The browser asks, and who stays has lost nothing.
        var reply = page.GetByTestId("save-reply");
        await Expect(reply).ToContainTextAsync("3 unsaved changes");
        var asked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answered = Task.CompletedTask;
        var leaves = false;
        page.Dialog += (_, dialog) =>
        {
            answered = leaves ? dialog.AcceptAsync() : dialog.DismissAsync();
            asked.TrySetResult(dialog.Type);
        };
        await page.EvaluateAsync("() => { window.sameDocument = true; setTimeout(() => location.reload()); }");
        Assert.Equal("beforeunload", await asked.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await answered;
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"), "the page was reloaded in spite of the answer");
        await Expect(reply).ToContainTextAsync("3 unsaved changes");

        // One field, one section, all of it: each goes back to what was saved.
        await MenuAsync("Actions for One", "Undo my change");
        await Expect(reply).ToContainTextAsync("2 unsaved changes");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GetByLabel("Actions for One", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy the name of One" }).ClickAsync();
        await Expect(page.Locator(".field-menu [role=status]").Filter(new() { HasText = "Copied" })).ToHaveCountAsync(1);
        Assert.Equal("one", await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await page.GetByLabel("Actions for One", new() { Exact = true }).ClickAsync();
        await MenuAsync("Actions for section Alpha", "Undo my changes");
        await Expect(reply).ToContainTextAsync("1 unsaved change");
        await TypeAsync(page, "one", "own");
        await MenuAsync("Actions for Worker settings", "Undo all my changes here");
        await Expect(reply).ToContainTextAsync("No unsaved changes");
        await ValuesAsync("1", "2", "3");

        // The same with the defaults, over a config that has none of them.
        foreach (var name in names)
        {
            await TypeAsync(page, name, "own");
        }

        await SaveAsync(page);
        await MenuAsync("Actions for One", "Use default");
        await ValuesAsync("1", "own", "own");
        await MenuAsync("Actions for section Alpha", "Use defaults");
        await ValuesAsync("1", "2", "own");
        await MenuAsync("Actions for Worker settings", "Use all defaults");
        await ValuesAsync("1", "2", "3");
        await Expect(reply).ToContainTextAsync("3 unsaved changes");
        await page.GetByLabel("Actions for Worker settings", new() { Exact = true }).ClickAsync();
        await PageChecks.CheckAsync(page, "config-menu");

        // Who leaves all the same finds it again: the draft outlives the page.
        leaves = true;
        await page.WaitForFunctionAsync("() => sessionStorage.getItem('draft:config:guarded')");
        await Browser.ReloadAsync(page);
        await Expect(page.GetByTestId("draft")).ToContainTextAsync("restored");
        await ValuesAsync("1", "2", "3");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();

        async Task MenuAsync(string menu, string choice)
        {
            await page.GetByLabel(menu, new() { Exact = true }).ClickAsync();
            await page.Locator("details[open] > .field-menu-items").GetByRole(AriaRole.Button, new() { Name = choice, Exact = true }).ClickAsync();
            await Expect(page.Locator("details[open] > .field-menu-items")).ToHaveCountAsync(0);
        }

        async Task ValuesAsync(params string[] values)
        {
            foreach (var (name, value) in names.Zip(values))
            {
                await Expect(page.Locator($"#w-worker-{name}")).ToHaveValueAsync(value);
            }
        }
    }

    private async Task OpenAsync(IPage page, string type)
    {
        await browser.VisitAsync(page, $"/plugin/configuration?job={type}");
        await Expect(page.GetByTestId("save-bar")).ToBeVisibleAsync();
    }

    private async Task<ScriptedWorker> OfferAsync(string type, Action<FormBuilder> form, string id = "", uint version = 1, Action<JobTypeDescriptor>? spoil = null)
    {
        var descriptor = new DescriptorBuilder(type, type, "Described by a test.", "fa-code", version).Worker(form).Build();
        spoil?.Invoke(descriptor);
        var worker = new ScriptedWorker($"127.0.0.1:{browser.Admin.GrpcPort}", id.Length > 0 ? id : $"w-{type}");
        await worker.HelloAsync(type);
        var asked = await worker.NextAsync(Body.RequestConfigSchema);
        await AnswerAsync(worker, asked.RequestId, descriptor);
        return worker;
    }

    private static ValueTask AnswerAsync(ScriptedWorker worker, string request, JobTypeDescriptor descriptor) => worker.SendAsync(new WorkerToAdminMessage
    {
        ConfigSchemaResponse = new ConfigSchemaResponse
        {
            RequestId = request,
            JobType = descriptor.JobType,
            Success = true,
            JobTypeDescriptor = descriptor,
        },
    });

    private static async Task TypeAsync(IPage page, string field, string text)
    {
        await page.Locator($"#w-worker-{field}").FillAsync(text);
        await page.Locator($"#w-worker-{field}").PressAsync("Tab");
        await Expect(page.Locator($"[data-field={field}] .field-dirty")).ToHaveCountAsync(1);
    }

    /// <summary>The review says these changes and no other.</summary>
    private static async Task ReviewAsync(IPage page, params string[] changes)
    {
        await page.GetByTestId("save-config").ClickAsync();
        await Expect(page.GetByTestId("review").GetByTestId("change-row")).ToHaveCountAsync(changes.Length);
        foreach (var change in changes)
        {
            await Expect(page.GetByTestId("review").Locator($"[data-change={change}]")).ToBeVisibleAsync();
        }
    }

    private static async Task SaveAsync(IPage page)
    {
        if (await page.GetByTestId("review").CountAsync() == 0)
        {
            await page.GetByTestId("save-config").ClickAsync();
        }

        await page.GetByTestId("save-confirm").ClickAsync();
        await Expect(page.GetByTestId("save-reply")).ToContainTextAsync("Saved as version");
    }
}

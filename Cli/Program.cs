using BlazorPluginAdmin.Cli;

using var interrupts = Interrupts.OfProcess();
return await Tool.RunAsync(args, Terminal.OfProcess(interrupts));

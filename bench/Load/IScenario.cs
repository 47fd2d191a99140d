namespace BlazorPluginAdmin.Bench.Load;

/// <summary>One thing that is measured.</summary>
internal interface IScenario
{
    string Name { get; }

    string What { get; }

    /// <summary>Null: the run is valid and its figures are written. Else why it is void.</summary>
    Task<string?> RunAsync(string app, ResultFile results);
}

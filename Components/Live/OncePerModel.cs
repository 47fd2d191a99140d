using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>What is worked out of a read model: once for all circuits that look at it and ask the same, when the first does. Any thread.</summary>
public sealed class OncePerModel<TAsked, TAnswer>(Func<ReadModel, TAsked, TAnswer> workOut)
    where TAsked : notnull
    where TAnswer : class
{
    /// <summary>They go with the model.</summary>
    private readonly ConditionalWeakTable<ReadModel, ConcurrentDictionary<TAsked, TAnswer>> _answers = [];

    public TAnswer Of(ReadModel model, TAsked asked) => _answers.GetOrCreateValue(model).GetOrAdd(asked, (asked, model) => workOut(model, asked), model);
}

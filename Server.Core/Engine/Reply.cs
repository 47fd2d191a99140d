using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Engine;

public enum RefusalCode
{
    Invalid,
    NotFound,
    AlreadyExists,
    WrongState,
    Conflict,
    Unavailable,
    Exhausted,
    PermissionDenied,
}

/// <summary>Why something was not done, in words that say what to do.</summary>
public sealed record Refusal(RefusalCode Code, string Text, ImmutableArray<FieldError> Fields)
{
    public Refusal(RefusalCode code, string text)
        : this(code, text, []) { }

    /// <summary>After this it may be accepted; null: waiting does not help, or nobody knows how long.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The job that is in the way of a new one.</summary>
    public JobId? ExistingJob { get; init; }
}

/// <summary>The answer to a command: a value, or a refusal. Expected outcomes are values, not exceptions.</summary>
public sealed record Reply<T>
{
    private Reply(T? value, Refusal? refusal) => (Value, Refusal) = (value, refusal);

    public T? Value { get; }

    public Refusal? Refusal { get; }

    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Value))]
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsAccepted => Refusal is null;

    /// <summary>The same answer, seen as something else.</summary>
    public Reply<TOther> Select<TOther>(Func<T, TOther> other) => IsAccepted ? other(Value) : Refusal;

    public static implicit operator Reply<T>(T value) => new(value, null);

    public static implicit operator Reply<T>(Refusal refusal) => new(default, refusal);
}

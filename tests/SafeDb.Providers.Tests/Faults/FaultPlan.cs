using SafeDb.Errors;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>When in a port call the failure comes.</summary>
public enum FaultMoment
{
    /// <summary>Before the call does anything.</summary>
    Before,

    /// <summary>After the call has done its work: the answer was lost.</summary>
    After,
}

/// <summary>Counts the calls of ports and makes one of them fail.</summary>
/// <param name="failing">Number of the call that fails, from 0; null for none.</param>
/// <param name="moment">When in the call.</param>
public sealed class FaultPlan(int? failing, FaultMoment moment)
{
    private static readonly ErrorDefinition Injected = new("Test.Injected", ErrorKind.Connection, "The call {0} was made to fail.", "Nothing: this is a test.");

    private readonly List<string> _calls = [];

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_calls) return [.. _calls];
        }
    }

    /// <summary>Notes a call; true when it is the one that fails.</summary>
    public bool Note(string call)
    {
        lock (_calls)
        {
            _calls.Add(call);
            return _calls.Count - 1 == failing;
        }
    }

    public void FailBefore(bool fails, string call)
    {
        if (fails && moment == FaultMoment.Before) throw Injected.Exception(call);
    }

    public bool WillFailAfter(bool fails) => fails && moment == FaultMoment.After;

    public void FailAfter(bool fails, string call)
    {
        if (WillFailAfter(fails)) throw Injected.Exception(call);
    }
}

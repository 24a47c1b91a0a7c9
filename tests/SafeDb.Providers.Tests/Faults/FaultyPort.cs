using System.Reflection;
using System.Runtime.ExceptionServices;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>
/// A port whose calls fail by plan. What a call hands out that is a port itself (or a stream) is decorated too, so one decorator at the edge covers everything behind it.
/// Disposing and reading properties never fail: the contracts do not allow it.
/// </summary>
/// <typeparam name="T">The port.</typeparam>
public class FaultyPort<T> : DispatchProxy
    where T : class
{
    private T _inner = null!;
    private FaultPlan _plan = null!;

    internal void Decorate(T inner, FaultPlan plan)
    {
        _inner = inner;
        _plan = plan;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        MethodInfo method = targetMethod!;
        if (method.IsSpecialName || method.Name is "DisposeAsync" or "Dispose")
        {
            return FaultyPorts.Decorate(Call(method, args), method.ReturnType, _plan);
        }

        string call = $"{typeof(T).Name}.{method.Name}";
        bool fails = _plan.Note(call);
        Type result = method.ReturnType;
        if (result == typeof(Task))
        {
            return FaultyPorts.Finish(() => (Task)Call(method, args)!, _plan, fails, call);
        }

        if (result.IsGenericType && result.GetGenericTypeDefinition() == typeof(Task<>))
        {
            return FaultyPorts.FinishTyped(result.GetGenericArguments()[0], () => (Task)Call(method, args)!, _plan, fails, call);
        }

        if (result == typeof(ValueTask<bool>))
        {
            return new ValueTask<bool>(FaultyPorts.FinishAsync<bool>(() => ((ValueTask<bool>)Call(method, args)!).AsTask(), _plan, fails, call));
        }

        _plan.FailBefore(fails, call);
        object? value = FaultyPorts.Decorate(Call(method, args), result, _plan);
        _plan.FailAfter(fails, call);
        return value;
    }

    private object? Call(MethodInfo method, object?[]? args)
    {
        try
        {
            return method.Invoke(_inner, args);
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}

/// <summary>What <see cref="FaultyPort{T}"/> needs for every kind of result.</summary>
internal static class FaultyPorts
{
    /// <summary>A port whose calls fail by plan.</summary>
    public static T Around<T>(T inner, FaultPlan plan)
        where T : class
    {
        T port = DispatchProxy.Create<T, FaultyPort<T>>();
        ((FaultyPort<T>)(object)port).Decorate(inner, plan);
        return port;
    }

    /// <summary>A result, decorated when it is a port or a stream that is written.</summary>
    public static object? Decorate(object? value, Type type, FaultPlan plan)
    {
        if (value is Stream { CanWrite: true } stream) return new FaultyStream(stream, plan);
        bool isPort = type.IsInterface && value is not null && (type.Namespace is "SafeDb.Providers" or "SafeDb.Stores"
            || (type.IsGenericType && type.GetGenericTypeDefinition() is { } open && (open == typeof(IAsyncEnumerable<>) || open == typeof(IAsyncEnumerator<>))));
        return isPort
            ? typeof(FaultyPorts).GetMethod(nameof(Around))!.MakeGenericMethod(type).Invoke(null, [value, plan])
            : value;
    }

    public static async Task Finish(Func<Task> work, FaultPlan plan, bool fails, string call)
    {
        plan.FailBefore(fails, call);
        await work();
        plan.FailAfter(fails, call);
    }

    public static async Task<TResult> FinishAsync<TResult>(Func<Task> work, FaultPlan plan, bool fails, string call)
    {
        plan.FailBefore(fails, call);
        TResult result = await (Task<TResult>)work();

        // A call that fails hands nothing out, so what it made is its own to clean up.
        if (plan.WillFailAfter(fails) && result is IAsyncDisposable made) await made.DisposeAsync();
        plan.FailAfter(fails, call);
        return (TResult)Decorate(result, typeof(TResult), plan)!;
    }

    public static object FinishTyped(Type result, Func<Task> work, FaultPlan plan, bool fails, string call) =>
        typeof(FaultyPorts).GetMethod(nameof(FinishAsync))!.MakeGenericMethod(result).Invoke(null, [work, plan, fails, call])!;
}

/// <summary>A stream whose writes fail by plan.</summary>
internal sealed class FaultyStream(Stream inner, FaultPlan plan) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        bool fails = plan.Note("Stream.Write");
        plan.FailBefore(fails, "Stream.Write");
        await inner.WriteAsync(buffer, cancellationToken);
        plan.FailAfter(fails, "Stream.Write");
    }
}

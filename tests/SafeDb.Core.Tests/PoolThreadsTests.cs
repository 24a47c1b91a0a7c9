using Xunit;

namespace SafeDb.Core.Tests;

public sealed class PoolThreadsTests
{
    [Fact]
    public void What_computes_gets_every_processor_and_every_index_its_turn()
    {
        ThreadPool.GetMinThreads(out int threads, out int completions);
        ThreadPool.SetMinThreads(1, completions);
        try
        {
            int[] turns = new int[1000];

            PoolThreads.For(turns.Length, i => Interlocked.Increment(ref turns[i]));

            Assert.All(turns, turn => Assert.Equal(1, turn));
            ThreadPool.GetMinThreads(out int now, out int same);
            Assert.Equal((Environment.ProcessorCount, completions), (now, same));
        }
        finally
        {
            ThreadPool.SetMinThreads(threads, completions);
        }
    }

    [Fact]
    public void A_host_with_more_threads_keeps_them()
    {
        ThreadPool.GetMinThreads(out int threads, out int completions);
        ThreadPool.SetMinThreads(Environment.ProcessorCount + 3, completions);
        try
        {
            PoolThreads.OnePerProcessor();

            ThreadPool.GetMinThreads(out int now, out _);
            Assert.Equal(Environment.ProcessorCount + 3, now);
        }
        finally
        {
            ThreadPool.SetMinThreads(threads, completions);
        }
    }
}

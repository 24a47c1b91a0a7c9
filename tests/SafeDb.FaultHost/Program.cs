using System.Diagnostics;
using System.Globalization;

using SafeDb;
using SafeDb.FaultHost;

// usage: SafeDb.FaultHost <database> <migrations> <point> [<migration>]: applies the migrations, or takes them back down to one, and kills its own process (SIGKILL) before the call of that number. Prints how the run ended when it lives.
(MigrationRun run, int calls) = await FaultRun.RunAsync(args[0], args[1], args.ElementAtOrDefault(3), int.Parse(args[2], CultureInfo.InvariantCulture), _ =>
{
    Process.GetCurrentProcess().Kill();
    Thread.Sleep(Timeout.Infinite);
});
Console.WriteLine($"{run.Outcome} after {calls} calls {run.Error?.Message}");
return run.Succeeded ? 0 : 1;

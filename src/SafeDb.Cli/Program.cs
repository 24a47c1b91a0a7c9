using System.Text;

using SafeDb.Cli;
using SafeDb.Cli.Hosting;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var signals = new StopSignals();
return await SafeDbApp.RunAsync(args, CliHost.OfProcess(), signals.Token).ConfigureAwait(false);

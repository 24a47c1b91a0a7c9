using System.CommandLine;

namespace SafeDb.Cli.Hosting;

/// <summary>The options that every verb has.</summary>
internal sealed class GlobalOptions
{
    public GlobalOptions() => Output.AcceptOnlyFromAmong("text", "json");

    public Option<string> Output { get; } = new("--output")
    {
        Description = "text, or json: one document on standard output.", DefaultValueFactory = _ => "text", Recursive = true, HelpName = "text|json",
    };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Show steps and reasons on standard error.", Recursive = true };

    public Option<bool> Yes { get; } = new("--yes") { Description = "Answer yes to the confirmation. Waives no gate and no hazard.", Recursive = true };

    public Option<bool> WhatIf { get; } = new("--what-if") { Description = "Say what would be done, and do nothing.", Recursive = true };

    public Option<string?> Environment { get; } = new("--environment") { Description = "Environment of safedb.json whose policy holds.", Recursive = true, HelpName = "NAME" };

    public Option<string?> ConfigPath { get; } = new("--config-path")
    {
        Description = "Configuration file; by default safedb.json of this folder or the nearest above.", Recursive = true, HelpName = "PATH",
    };

    public IEnumerable<Option> All => [Output, Verbose, Yes, WhatIf, Environment, ConfigPath];
}

using System.Text.RegularExpressions;
using Agent.EndToEnd.Packaging;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Documents;

/// <summary>Every command of the documents is carried out, and does what they say.</summary>
[Collection(HeavyTests.Name)]
public sealed partial class HandbookTests(BuiltPackages packages) : IClassFixture<BuiltPackages>
{
    /// <summary>What an administrator types on a server.</summary>
    private static readonly string[] ServerPrograms =
    [
        "ogrepo-agent", "curl", "apt", "dpkg", "systemctl", "systemd-analyze", "journalctl", "runuser", "ssh-keyscan", "ssh-keygen", "nginx", "openssl",
        "sed", "mv", "ls", "df", "stat", "ss", "ip", "install", "chmod", "chgrp", "chown", "tar", "touch", "find",
    ];

    [Fact]
    public void Every_document_is_tried() => Assert.Equal(Handbook.Existing.Order(), Handbook.Documents.Order());

    [Fact]
    public void Every_command_has_its_place()
    {
        var lost = Commands().Where(command => Workshop.Takes(command) ? Workshop.Of(command) is null : !ServerPrograms.Contains(command.Program));

        Assert.Empty(lost.Select(command => $"{command.Place}: {command.Line}"));
    }

    [Fact]
    public async Task Every_command_of_the_program_is_in_its_table()
    {
        var table = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "commands.md"));
        var told = await AgentCommand.RunAsync("--help");

        var commands = CommandOfHelp().Matches(told.Output[told.Output.IndexOf("Commands:", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value).ToList();

        Assert.Contains("images", commands);
        Assert.All(commands, command => Assert.Matches(new Regex($@"^\|[^|]*`{command}[ `]", RegexOptions.Multiline), table));
    }

    [Fact]
    public async Task Every_command_for_those_who_work_on_the_sources_is_there()
    {
        foreach (var command in Commands().Where(Workshop.Takes))
            await Workshop.Of(command)!.TryAsync(Workshop.Bare(command));
    }

    [FactOnServer]
    public async Task Every_command_for_administrators_does_what_the_documents_say()
    {
        await using var booted = await BootedServer.StartAsync();
        var server = new DocumentedServer(booted, packages);
        await server.PrepareAsync();

        foreach (var instruction in Handbook.Instructions)
        {
            if (instruction is WrittenFile file)
                server.Write(file);
            else if (instruction is DocumentedCommand command && !Workshop.Takes(command))
                await server.TypeAsync(command);
        }
    }

    private static IEnumerable<DocumentedCommand> Commands() => Handbook.Instructions.OfType<DocumentedCommand>();

    [GeneratedRegex(@"^  ([a-z][\w-]*)", RegexOptions.Multiline)]
    private static partial Regex CommandOfHelp();
}

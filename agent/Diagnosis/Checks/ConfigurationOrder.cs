using Agent.Common;
using Agent.Diagnosis.Accounts;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether <c>serve</c> would take the configuration, and whether its file is kept from others where it holds keys.</summary>
internal sealed class ConfigurationOrder : ICheck
{
    private const int Others = 0b000_000_111;

    public string Name => "configuration";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        foreach (var error in surroundings.Errors)
            findings.Fail(error.ToString(), $"Correct {(error.Key.Length > 0 ? error.Key : "the file")}, then: ogrepo-agent config check{surroundings.ConfigOption}");
        if (surroundings.Errors.Count == 0)
            findings.Ok($"{surroundings.ConfigurationShown} is in order");
        if (surroundings.ConfigurationFile is { } file && FileStatus.Of(file) is { } status)
            CheckFile(surroundings, file, status, findings);
        return Task.CompletedTask;
    }

    private static void CheckFile(Surroundings surroundings, string file, FileStatus status, Findings findings)
    {
        if (HoldsKeys(surroundings) && (status.Permissions & Others) != 0)
            findings.Warn($"{file} holds an API key, and may be read by everybody ({surroundings.Shown(status)})", $"chmod o= {ShellWord.Of(file)}");
        if (!AsUser.Run(surroundings.User, () => AsUser.MayRead(file)))
        {
            findings.Fail(
                $"{file} cannot be read by the agent's user {surroundings.User.Name} ({surroundings.Shown(status)})",
                $"chgrp {surroundings.GroupOfUser} {ShellWord.Of(file)}; chmod g+r {ShellWord.Of(file)}");
        }
    }

    private static bool HoldsKeys(Surroundings surroundings) =>
        surroundings.Configuration?.Values.Any(value => value.Key.EndsWith(".api_key", StringComparison.Ordinal) && value.Value is Secret) == true;
}

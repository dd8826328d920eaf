using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Cli;

/// <summary>Images that take so long to read that a test can look at the work and end it: large files without content.</summary>
internal static class LongWork
{
    private const long Size = 400L << 30;

    /// <summary>Makes one, and waits until it is in the catalogue.</summary>
    public static async Task AddAsync(TestRepository repository, AgentProcess agent, string name)
    {
        using (var file = File.OpenHandle(repository.Beside(name), FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(file, Size);
        File.Move(repository.Beside(name), repository[name]);
        await agent.SeeAsync($"{name} is listed", () => agent.Api.FindAsync(name));
    }
}

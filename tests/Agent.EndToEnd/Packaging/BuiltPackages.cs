using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Packaging;

/// <summary>The binary packed as two versions, once for all tests of a class.</summary>
public sealed class BuiltPackages : IAsyncLifetime
{
    private readonly TemporaryDirectory _files = new();

    /// <summary>Path of the earlier version.</summary>
    public string First => PathOf("1.0.0");

    /// <summary>Path of the later version.</summary>
    public string Second => PathOf("1.0.1");

    public Task InitializeAsync() => Task.WhenAll(PackAsync("1.0.0"), PackAsync("1.0.1"));

    public Task DisposeAsync()
    {
        _files.Dispose();
        return Task.CompletedTask;
    }

    private string PathOf(string version) => Directory.GetFiles(_files.Root, $"*_{version}_*.deb").Single();

    private async Task PackAsync(string version)
    {
        var packed = await ExternalProgram.TryAsync(SourceTree.Script("deb.sh"), [_files.Root], TimeSpan.FromMinutes(3), ("OGREPO_VERSION", version));
        Assert.True(packed.ExitCode == 0, packed.Errors);
    }
}

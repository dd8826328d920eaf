using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Api;

/// <summary>The API key: made once, shown to nobody but the owner of its file.</summary>
public sealed class KeyTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Key_is_made_at_first_start_for_the_owner_alone_and_stays()
    {
        await using var repository = new TestRepository(output);
        string key;
        await using (var first = await repository.StartAsync())
        {
            key = first.Api.Key;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(repository.KeyFile));
            Assert.True(key.Length >= 32, "it is short");
            Assert.Contains(repository.KeyFile, first.Log);
            Assert.DoesNotContain(key, first.Log);
            Assert.Equal(0, await first.StopAsync());
        }

        await using var second = await repository.StartAsync();
        Assert.Equal(key, second.Api.Key);
        Assert.Equal(200, (await second.Api.GetAsync("ogrepository/v1/status")).Status);
        Assert.DoesNotContain("new API key", second.Log);
    }

    [Fact]
    public async Task Every_first_start_makes_another_key()
    {
        await using var one = new TestRepository(output);
        await using var other = new TestRepository(output);
        await using var first = await one.StartAsync();
        await using var second = await other.StartAsync();
        Assert.NotEqual(first.Api.Key, second.Api.Key);
    }

    [Fact]
    public async Task Key_may_stand_in_a_file_of_the_administrators_choice()
    {
        await using var repository = new TestRepository(output);
        var file = repository.Beside("keys/agent.key");
        repository.Settings = repository.Settings with { MoreOfServer = $"api_key_file = \"{file}\"" };
        await File.WriteAllTextAsync(repository.ConfigurationFile, repository.Settings.ToToml(repository.Images, repository.State));
        await using var agent = new AgentProcess(file, "serve", "--config", repository.ConfigurationFile);
        await agent.WaitUntilReadyAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.False(File.Exists(repository.KeyFile));
        Assert.Equal(200, (await agent.Api.GetAsync("ogrepository/v1/status")).Status);
    }
}

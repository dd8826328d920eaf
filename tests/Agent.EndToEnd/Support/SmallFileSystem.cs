namespace Agent.EndToEnd.Support;

/// <summary>A file system of its own in memory, which can be filled up. Needs root, and is unmounted at the end of the test.</summary>
internal sealed class SmallFileSystem : IAsyncDisposable
{
    private readonly TemporaryDirectory _mountPoint = new();

    private SmallFileSystem()
    {
    }

    /// <summary>Why no file system can be mounted here; null where it can.</summary>
    public static Lazy<string?> Obstacle { get; } = new(() => FindObstacleAsync().GetAwaiter().GetResult());

    public string Root => _mountPoint.Root;

    public static async Task<SmallFileSystem> MountAsync(int megabytes)
    {
        var mounted = new SmallFileSystem();
        await ExternalProgram.RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "ogrepo-e2e", mounted.Root);
        return mounted;
    }

    /// <summary>Takes all the room that is left.</summary>
    /// <returns>The file that has it.</returns>
    public string Fill()
    {
        var path = Path.Combine(Root, "filler");
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var block = new byte[64 * 1024];
        for (var size = block.Length; size > 0;)
        {
            try
            {
                file.Write(block, 0, size);
            }
            catch (IOException)
            {
                // No room for that much; at last for not one byte.
                size /= 2;
            }
        }
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await ExternalProgram.RunAsync("umount", "-l", Root);
        _mountPoint.Dispose();
    }

    private static async Task<string?> FindObstacleAsync()
    {
        try
        {
            await using var probe = await MountAsync(1);
            return null;
        }
        catch (Exception e)
        {
            return $"no tmpfs can be mounted, which takes root: {e.Message}";
        }
    }
}

/// <summary>A theory that mounts a file system. Where that is not possible it is skipped and says so; in CI it runs and fails.</summary>
internal sealed class TheoryWithMountAttribute : TheoryAttribute
{
    public TheoryWithMountAttribute() => Skip = Missing.IsContinuousIntegration ? null : SmallFileSystem.Obstacle.Value;
}

using System.Net;

namespace Agent.EndToEnd.Cvmfs;

/// <summary>A plain web server over the files that an agent wrote for one, changed into a stratum 1: it lists copies, and says when it was last in step.</summary>
internal sealed class CopyServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _root;

    public CopyServer(string root)
    {
        _root = root;
        Name = Listen();
        _ = ServeAsync();
    }

    /// <summary>Host and port.</summary>
    public string Name { get; }

    /// <summary>Takes a copy of all published files as they are now.</summary>
    public static void Snapshot(string published, string copy, string repository, DateTimeOffset now)
    {
        foreach (var path in Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(published, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target, overwrite: true);
        }
        File.WriteAllText($"{copy}/cvmfs/info/v1/repositories.json", $$"""
            {"schema":1,"cvmfs_version":"2.12.0-1","os_id":"","os_version_id":"","os_pretty_name":"","repositories":[],"replicas":[{"name":"{{repository}}","url":"/cvmfs/{{repository}}"}]}
            """);
        File.WriteAllText($"{copy}/cvmfs/{repository}/.cvmfs_status.json", FormattableString.Invariant($$"""{"last_snapshot":"{{now.UtcDateTime:ddd MMM}} {{now.UtcDateTime.Day,2}} {{now.UtcDateTime:HH:mm:ss}} UTC {{now.UtcDateTime:yyyy}}"}"""));
    }

    public void Dispose() => _listener.Close();

    private string Listen()
    {
        while (true)
        {
            var name = $"127.0.0.1:{Random.Shared.Next(20_000, 32_000)}";
            try
            {
                _listener.Prefixes.Add($"http://{name}/");
                _listener.Start();
                return name;
            }
            catch (HttpListenerException)
            {
                _listener.Prefixes.Clear(); // somebody has the port
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var path = Path.Combine(_root, context.Request.Url!.AbsolutePath.TrimStart('/'));
        if (File.Exists(path))
            await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(path));
        else
            context.Response.StatusCode = 404;
        context.Response.Close();
    }
}

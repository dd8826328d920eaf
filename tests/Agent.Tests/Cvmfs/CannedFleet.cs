using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Agent.Cvmfs.Publishing.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agent.Tests.Cvmfs;

/// <summary>Any number of simulated servers of CernVM-FS, on the loopback addresses from 127.0.0.1 on, behind one port.</summary>
internal sealed class CannedFleet : IAsyncDisposable
{
    public const string Repository = "software.example.org";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new();
    private int _answered;

    private CannedFleet(WebApplication app) => _app = app;

    /// <summary>Requests that were answered to their end.</summary>
    public int Answered => Volatile.Read(ref _answered);

    public static async Task<CannedFleet> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, 0));
        var app = builder.Build();
        var fleet = new CannedFleet(app);
        app.Run(fleet.AnswerAsync);
        await app.StartAsync();
        return fleet;
    }

    /// <summary>The name of a server, by number from 0.</summary>
    public string Server(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.{number / 200}.{1 + number % 200}:{new Uri(_app.Urls.Single().Replace("0.0.0.0", "127.0.0.1")).Port}");

    /// <summary>Lets a server answer a path.</summary>
    public void Answer(string server, string path, string content) => Answer(server, path, context => context.Response.Body.WriteAsync(Encoding.Latin1.GetBytes(content)).AsTask());

    public void Answer(string server, string path, byte[] content) => Answer(server, path, context => context.Response.Body.WriteAsync(content).AsTask());

    public void Answer(string server, string path, Func<HttpContext, Task> answer) => _answers[server + path] = answer;

    public void Forget(string server, string path) => _answers.TryRemove(server + path, out _);

    /// <summary>Makes of a server a good one, with one repository.</summary>
    public void MakeServer(string server, int type, int revision = 7, DateTimeOffset? lastSnapshot = null)
    {
        Answer(server, "/cvmfs/info/v1/repositories.json", List(type, Repository));
        MakeRepository(server, revision, lastSnapshot);
    }

    public void MakeRepository(string server, int revision, DateTimeOffset? lastSnapshot)
    {
        Answer(server, $"/cvmfs/{Repository}/.cvmfspublished", Manifest(revision));
        Answer(server, $"/cvmfs/{Repository}/.cvmfs_status.json", lastSnapshot is { } moment ? $$"""{"last_snapshot":"{{Agent.Cvmfs.CvmfsDate.Format(moment)}}"}""" : "{}");
        Answer(server, $"/cvmfs/{Repository}/api/v1.0/geo/x/cvmfs-s1fnal.opensciencegrid.org,cvmfs-stratum-one.cern.ch,cvmfs-stratum-one.ihep.ac.cn", "2,1,3\n");
    }

    /// <summary>Makes of a server a good one, of which everything is signed.</summary>
    public void MakeSigned(string server, SigningKeys keys, TimeProvider time, bool hasAlternativeNames)
    {
        MakeServer(server, type: 0);
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(keys.Certificate());
        var certificate = compressed.ToArray();
        var hash = Agent.Cvmfs.Publishing.ObjectHash.Of(certificate);
        Assert.True(Agent.Cvmfs.SignedText.TryParse(Encoding.Latin1.GetBytes(Manifest(7)), out var unsigned));
        var text = unsigned.Text.Replace("Xdb3f2dd33a0d7dae6cfcdc8a4a02d396278b88e5", $"X{hash}").Replace("Ano", hasAlternativeNames ? "Ayes" : "Ano");
        var root = $"/cvmfs/{Repository}/";
        Answer(server, root + ".cvmfspublished", Agent.Cvmfs.SignedText.Compose(text, keys.SignManifest));
        Answer(server, root + ".cvmfswhitelist", new Whitelist(keys, TimeSpan.FromDays(30), time).Of(Repository));
        Answer(server, root + (hasAlternativeNames ? $".cvmfsalt-{hash}X" : $"data/{hash[..2]}/{hash[2..]}X"), certificate);
    }

    public static string List(int type, params string[] names)
    {
        var entries = string.Join(',', names.Select(name => $$"""{"name":"{{name}}","url":"/cvmfs/{{name}}"}"""));
        return $$"""
            {"schema":1,"last_geodb_update":"Tue Mar  3 04:05:06 UTC 2026","cvmfs_version":"2.12.0-1","os_id":"debian","os_version_id":"12","os_pretty_name":"Debian GNU/Linux 12 (bookworm)",
             "repositories":[{{(type == 0 ? entries : "")}}],"replicas":[{{(type == 1 ? entries : "")}}]}
            """;
    }

    /// <summary>A manifest as real servers write it; its signature is of nobody.</summary>
    public static string Manifest(int revision, string name = Repository) => Encoding.Latin1.GetString(Agent.Cvmfs.SignedText.Compose($"""
        C5bc74c10612636757bc188b728e781d09fe89487
        B57344
        Rd41d8cd98f00b204e9800998ecf8427e
        D240
        S{revision}
        Gyes
        Ano
        N{name}
        Xdb3f2dd33a0d7dae6cfcdc8a4a02d396278b88e5
        H7a8cef49ea7980419a24d77db9fd1bd72a4c4184
        T{1_795_217_167 + revision * 60}
        Mcdce15ef93b26a2a7d733554a42c43f1dc66691f
        Yc66cd47ce1d81a9ac481a1461b240b3ad6ffb984

        """, _ => [1, 2, 3]));

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (_answers.TryGetValue(context.Request.Host + context.Request.Path, out var answer))
            await answer(context);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        Interlocked.Increment(ref _answered);
    }
}

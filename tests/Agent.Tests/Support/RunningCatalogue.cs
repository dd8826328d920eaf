using Agent.Images;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Support;

/// <summary>A catalogue with its writer over an image directory of the test's own; nothing has to settle.</summary>
public sealed class RunningCatalogue : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly TemporaryDirectory _files = new();

    private RunningCatalogue()
    {
        Directory.CreateDirectory(_files["images"]);
        Directory.CreateDirectory(_files["state"]);
        Images = new ImageDirectory(_files["images"]);
        Writer = NewWriter();
    }

    public ImageDirectory Images { get; }

    public Catalogue Catalogue { get; private set; } = new();

    public CatalogueWriter Writer { get; private set; }

    public static async Task<RunningCatalogue> StartAsync()
    {
        var running = new RunningCatalogue();
        await running.Writer.StartAsync(CancellationToken.None);
        await running.RescanAsync();
        return running;
    }

    /// <summary>Begins anew with what is on disk.</summary>
    /// <param name="forget">True: the state directory is lost.</param>
    public async Task RestartAsync(bool forget = false)
    {
        await Writer.StopAsync(CancellationToken.None);
        Writer.Dispose();
        if (forget)
        {
            Directory.Delete(_files["state"], recursive: true);
            Directory.CreateDirectory(_files["state"]);
        }
        Catalogue = new Catalogue();
        Writer = NewWriter();
        await Writer.StartAsync(CancellationToken.None);
        await RescanAsync();
    }

    public static ImageId Id(string path) => Sidecar.ImagesOf(path).First();

    public Image? Find(string path) => Catalogue.Current.Find(Id(path));

    /// <summary>The absolute path of an entry of the image directory.</summary>
    public string this[string relative] => Path.Combine(Images.Root, relative);

    public string Write(string relative, byte[] content) => _files.Write($"images/{relative}", content);

    public Task<RefreshResult> RescanAsync() => Writer.RescanAsync(CancellationToken.None).WaitAsync(Limit);

    /// <summary>Waits for the first snapshot of which <paramref name="condition"/> holds.</summary>
    public async Task<CatalogueSnapshot> WaitForAsync(Func<CatalogueSnapshot, bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var snapshot = Catalogue.Current;
            if (condition(snapshot))
                return snapshot;
            await snapshot.Replaced.WaitAsync(limit.Token);
        }
    }

    private CatalogueWriter NewWriter()
    {
        var intake = new ImageIntake(Images, _ => ImageFacts.None, NullLogger<ImageIntake>.Instance);
        var settings = new CatalogueSettings(_files["state/repoinfo.json"], _files["state/images.jsonl"], TimeSpan.Zero);
        return new CatalogueWriter(Images, intake, Catalogue, settings, TimeProvider.System, NullLogger<CatalogueWriter>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await Writer.StopAsync(CancellationToken.None);
        Writer.Dispose();
        _files.Dispose();
    }
}

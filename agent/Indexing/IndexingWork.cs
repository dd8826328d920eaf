using Agent.Common;
using Agent.Images;

namespace Agent.Indexing;

/// <summary>One image while it is read.</summary>
/// <param name="image">The image as it was when it was taken.</param>
/// <param name="isExpress">It is read beside the others, which wait meanwhile.</param>
/// <param name="isRequested">Somebody waits for it.</param>
/// <param name="advanced">Is told how many bytes more are read.</param>
/// <param name="time">Clock.</param>
internal sealed class IndexingWork(Image image, bool isExpress, bool isRequested, Action<long> advanced, TimeProvider time) : IProgress<long>
{
    private readonly ProgressMeter _meter = new(time);
    private long _done;

    public Image Image => image;

    public bool IsExpress => isExpress;

    public bool IsRequested => isRequested;

    public long Started { get; } = time.GetTimestamp();

    public ImageProgress Progress => _meter.Current is { } reading
        ? new ImageProgress(image.Id, isRequested, reading.BytesDone, image.Stamp.Length, reading.BytesPerSecond, reading.RemainingSeconds)
        : new ImageProgress(image.Id, isRequested, 0, image.Stamp.Length, 0, null);

    public void Report(long value)
    {
        advanced(value - Interlocked.Exchange(ref _done, value));
        _meter.Report(value, image.Stamp.Length);
    }
}

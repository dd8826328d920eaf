using System.IO.Pipelines;
using Agent.Common;
using Agent.Images;
using Agent.Indexing.Checking;

namespace Agent.Api.Metrics;

/// <summary>What the checks know of each image. A line an image: they are sent while they are written.</summary>
internal static class ImageMetrics
{
    /// <summary>What is written before it is sent.</summary>
    private const int Chunk = 32 * 1024;

    private delegate void ImageLine(PrometheusText page, Image image);

    /// <summary>Writes all of it; stops early where nobody reads any more.</summary>
    public static async Task WriteAsync(PipeWriter output, CatalogueSnapshot now, CancellationToken cancellation)
    {
        var page = new PrometheusText(output);
        page.Gauge("ogrepo_image_last_check_timestamp_seconds", "When every byte of the image was last read; missing where it never was.");
        await WriteAsync(output, page, now, LastCheck, cancellation);
        page.Gauge("ogrepo_image_last_good_timestamp_seconds", "When the image was last found good; missing where it never was.");
        await WriteAsync(output, page, now, LastGood, cancellation);
        page.Gauge("ogrepo_image_good", "1 where the last look at every byte of the image found them right, 0 where bytes differ; missing where none was.");
        await WriteAsync(output, page, now, Good, cancellation);
        page.Gauge("ogrepo_image_bad_pieces", "Pieces of 4 MiB of the image that the last look at every byte found bad.");
        await WriteAsync(output, page, now, BadPieces, cancellation);
    }

    private static void LastCheck(PrometheusText page, Image image)
    {
        if (image.Check.CheckedAt is { } moment)
            page.Sample(moment, ("image", image.Id.RelativePath));
    }

    private static void LastGood(PrometheusText page, Image image)
    {
        if (image.Check.GoodAt is { } moment)
            page.Sample(moment, ("image", image.Id.RelativePath));
    }

    private static void Good(PrometheusText page, Image image)
    {
        if (image.Check.State is CheckState.Good or CheckState.Damaged)
            page.Sample(image.Check.State == CheckState.Good, ("image", image.Id.RelativePath));
    }

    private static void BadPieces(PrometheusText page, Image image)
    {
        if (image.Check.State is CheckState.Good or CheckState.Damaged)
            page.Sample(image.BadPieces is null ? 0 : PieceRanges.Parse(image.BadPieces).Count, ("image", image.Id.RelativePath));
    }

    private static async Task WriteAsync(PipeWriter output, PrometheusText page, CatalogueSnapshot now, ImageLine write, CancellationToken cancellation)
    {
        foreach (var image in now.Images)
        {
            write(page, image);
            if (output.UnflushedBytes >= Chunk)
                await output.FlushAsync(cancellation);
        }
    }
}

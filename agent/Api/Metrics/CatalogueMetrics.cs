using System.Collections.Immutable;
using Agent.Common;
using Agent.Images;

namespace Agent.Api.Metrics;

/// <summary>The images in numbers: how many, of which organisational unit, in which state; and where they lie.</summary>
internal static class CatalogueMetrics
{
    public static void Write(PrometheusText page, CatalogueSnapshot now, ImageDirectory directory)
    {
        page.Gauge("ogrepo_catalogue_revision", "Revision of the catalogue since the start; 0 until the image directory has been read.");
        page.Sample(now.Revision);
        WriteByUnit(page, now.Images);
        page.Gauge("ogrepo_images_locked", "Images that somebody writes or uses.");
        page.Sample(Count(now.Images, image => image.IsLocked));
        page.Gauge("ogrepo_images_indexed", "Images whose digests are known.");
        page.Sample(Count(now.Images, image => image.Digests is not null));
        page.Gauge("ogrepo_images_by_check", "Images by what the last look at every byte found: unknown, trusted, good, damaged.");
        foreach (var state in Enum.GetValues<CheckState>())
            page.Sample(Count(now.Images, image => image.Check.State == state), ("state", ImageResponse.StateText(state)));
        WriteDisk(page, directory);
    }

    /// <summary>The catalogue is in the order of the units, so that each is a run.</summary>
    private static void WriteByUnit(PrometheusText page, ImmutableArray<Image> images)
    {
        var units = images.CountBy(image => image.Id.Ou ?? "").ToList();
        page.Gauge("ogrepo_images", "Images in the catalogue, by organisational unit; without one, the label is empty.");
        foreach (var (unit, count) in units)
            page.Sample(count, ("ou", unit));
        page.Gauge("ogrepo_images_bytes", "Size of these images that are files.");
        foreach (var (unit, _) in units)
            page.Sample(images.Where(image => image.IsFile && (image.Id.Ou ?? "") == unit).Sum(image => image.Stamp.Length), ("ou", unit));
    }

    private static void WriteDisk(PrometheusText page, ImageDirectory directory)
    {
        if (DiskResponse.Of(directory.Root) is not { } disk)
            return;
        page.Gauge("ogrepo_disk_size_bytes", "Size of the file system of the image directory.");
        page.Sample(disk.Total);
        page.Gauge("ogrepo_disk_free_bytes", "Room on it that the agent may still use.");
        page.Sample(disk.Free);
    }

    private static int Count(ImmutableArray<Image> images, Func<Image, bool> condition)
    {
        var count = 0;
        foreach (var image in images)
            count += condition(image) ? 1 : 0;
        return count;
    }
}

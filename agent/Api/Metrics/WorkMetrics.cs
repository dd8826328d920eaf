using Agent.Common;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Jobs;
using Agent.Transmissions;

namespace Agent.Api.Metrics;

/// <summary>What is being done and what waits: indexing, checks, jobs, transmissions.</summary>
internal static class WorkMetrics
{
    public static void Write(PrometheusText page, IndexingProgress indexing)
    {
        page.Gauge("ogrepo_indexing_images", "Images that are being indexed now, and that wait for it.");
        page.Sample(indexing.Running.Count, ("state", "running"));
        page.Sample(indexing.WaitingImages, ("state", "waiting"));
        page.Gauge("ogrepo_indexing_backlog_bytes", "Bytes that have to be read for all of these.");
        page.Sample(indexing.WaitingBytes + indexing.Running.Sum(image => image.BytesTotal - image.BytesDone));
        page.Gauge("ogrepo_indexing_bytes_per_second", "Rate of indexing over the last seconds.");
        page.Sample(indexing.BytesPerSecond);
    }

    public static void Write(PrometheusText page, CheckingProgress checks)
    {
        page.Gauge("ogrepo_checks_due_images", "Images that have not been read again for as long as checks.every says.");
        page.Sample(checks.DueImages);
        page.Gauge("ogrepo_checks_due_bytes", "Bytes that have to be read for them.");
        page.Sample(checks.DueBytes);
    }

    public static void Write(PrometheusText page, IReadOnlyList<Job> jobs)
    {
        page.Gauge("ogrepo_jobs", "Jobs that are remembered, by kind and state.");
        foreach (var kind in jobs.GroupBy(job => job.Kind))
        {
            foreach (var state in Enum.GetValues<JobState>())
                page.Sample(kind.Count(job => job.State == state), ("kind", kind.Key), ("state", Lower(state)));
        }
    }

    public static void Write(PrometheusText page, IReadOnlyList<TransmissionSnapshot> transmissions)
    {
        page.Gauge("ogrepo_transmissions", "Transmissions that are remembered, by means and state.");
        foreach (var protocol in Enum.GetValues<TransmissionProtocol>())
        {
            foreach (var state in Enum.GetValues<TransmissionState>())
            {
                var count = transmissions.Count(transmission => transmission.Protocol == protocol && transmission.State == state);
                page.Sample(count, ("protocol", Lower(protocol)), ("state", Lower(state)));
            }
        }
        var running = transmissions.Where(transmission => !transmission.HasEnded).ToList();
        page.Gauge("ogrepo_transmission_sent_bytes", "Bytes of the image that a running transmission has sent.");
        foreach (var one in running)
            page.Sample(one.BytesSent, ("id", one.Id), ("protocol", Lower(one.Protocol)));
        page.Gauge("ogrepo_transmission_size_bytes", "Size of the image that a running transmission sends.");
        foreach (var one in running)
            page.Sample(one.TotalBytes, ("id", one.Id), ("protocol", Lower(one.Protocol)));
        page.Gauge("ogrepo_transmission_receivers", "Receivers of a running transmission.");
        foreach (var one in running)
            page.Sample(one.Receivers.Count, ("id", one.Id), ("protocol", Lower(one.Protocol)));
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

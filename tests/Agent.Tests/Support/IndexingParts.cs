using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Indexing.Hashing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Support;

/// <summary>The parts that index and check, over the catalogue of a test.</summary>
internal static class IndexingParts
{
    public static IndexKeeper Keeper(this RunningCatalogue catalogue, Func<TorrentAddresses> addresses) => new(
        catalogue.Images, new SidecarWriter(catalogue.Images), catalogue.Writer, addresses, TimeProvider.System, NullLogger<IndexKeeper>.Instance);

    public static IndexingService Indexing(this RunningCatalogue catalogue, Func<TorrentAddresses> addresses, bool trust, ReadPace? pace = null, StreamLimits? limits = null)
    {
        var reading = pace ?? ReadPace.Unlimited;
        return new IndexingService(
            catalogue.Catalogue,
            catalogue.Writer,
            catalogue.Images,
            catalogue.Keeper(addresses),
            trust ? new SidecarAdoption(catalogue.Images, TimeProvider.System) : null,
            new DigestPipeline(HashingThreads.Shared, TimeProvider.System, limits ?? new StreamLimits(), reading),
            reading,
            TimeProvider.System,
            NullLogger<IndexingService>.Instance);
    }

    public static CheckRunner Checks(this RunningCatalogue catalogue, Func<TorrentAddresses> addresses, TimeProvider time)
    {
        var pipeline = new DigestPipeline();
        var verifier = new PieceVerifier(HashingThreads.Shared, new StreamLimits(), ReadPace.Unlimited);
        var check = new ImageCheck(catalogue.Images, pipeline, verifier, ReadPace.Unlimited, TimeProvider.System);
        return new CheckRunner(check, catalogue.Writer, catalogue.Keeper(addresses), time, NullLogger<CheckRunner>.Instance);
    }
}

using System.Diagnostics;

namespace Agent.Benchmarks;

/// <summary>One way to answer a benchmark's question.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="RunAsync">Does the work once.</param>
internal sealed record Contestant(string Name, Func<Task> RunAsync);

/// <summary>Runs contestants in interleaved rounds, so that a slow minute of the machine meets all alike, and prints medians and ratios.</summary>
internal static class Contest
{
    public static async Task<IReadOnlyDictionary<string, double>> RunAsync(string title, long bytes, int rounds, CancellationToken cancellation, params Contestant[] contestants)
    {
        var seconds = contestants.ToDictionary(contestant => contestant.Name, _ => new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                cancellation.ThrowIfCancellationRequested();
                var watch = Stopwatch.StartNew();
                await contestant.RunAsync();
                if (round >= 0) // the first round warms up
                    seconds[contestant.Name].Add(watch.Elapsed.TotalSeconds);
            }
        }
        Print(title, bytes, rounds, seconds);
        return seconds.ToDictionary(all => all.Key, all => Median(all.Value));
    }

    private static void Print(string title, long bytes, int rounds, Dictionary<string, List<double>> seconds)
    {
        var ours = Median(seconds.First().Value);
        Console.WriteLine($"{title}: {bytes / 1048576.0:N0} MiB, {rounds} rounds, {Environment.ProcessorCount} cores");
        Console.WriteLine($"  {"",-40} {"median s",9} {"min",7} {"max",7} {"MiB/s",7} {"time / ours",12} {"ours / time",12}");
        foreach (var (name, all) in seconds)
        {
            var median = Median(all);
            Console.WriteLine($"  {name,-40} {median,9:F3} {all.Min(),7:F3} {all.Max(),7:F3} {bytes / 1048576.0 / median,7:F0} {median / ours,12:F3} {ours / median,12:F3}");
        }
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

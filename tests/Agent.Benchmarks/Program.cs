using Agent.Benchmarks;
using Agent.Benchmarks.Replicating;
using Agent.Benchmarks.Seeding;
using Agent.Benchmarks.Tracking;

if (await HostCommands.TryRunAsync(args))
    return 0;
if (BenchmarkOptions.Parse(args) is not { } options)
    return 2;
using var cancel = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancel.Cancel();
};
try
{
    await (options.Command switch
    {
        "seed" => SeedBenchmark.RunAsync(options, cancel.Token),
        "tracker" => TrackerBenchmark.RunAsync(options, cancel.Token),
        "replicate" => ReplicationBenchmark.RunAsync(options, cancel.Token),
        "many" => ManyBenchmark.RunAsync(options, cancel.Token),
        "check" => CheckBenchmark.RunAsync(options, cancel.Token),
        _ => IndexBenchmark.RunAsync(options, cancel.Token),
    });
    return 0;
}
catch (BenchmarkException ex)
{
    Console.Error.WriteLine(ex.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}

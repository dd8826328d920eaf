using System.Globalization;

namespace Agent.Benchmarks;

/// <summary>A benchmark could not be run; the message says why.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);

/// <summary>What the command line asks for.</summary>
/// <param name="Command">Which question is measured.</param>
/// <param name="Directory">Where the test files are made; nothing else is touched there, and they are removed at the end.</param>
/// <param name="Rounds">How often every contestant runs, one after the other in each round.</param>
/// <param name="Scale">Size of the test files in MiB; 0 for the size that the question names.</param>
/// <param name="Only">The one contestant that runs, for looking at it closely; empty for all.</param>
internal sealed record BenchmarkOptions(string Command, string Directory, int Rounds, int Scale, string Only = "")
{
    private const string Usage = """
        usage: ogrepo-bench COMMAND [--dir DIR] [--rounds N] [--mib N] [--only NAME]

          index   all digests of one 2 GiB file, against openssl md5, md5sum + ctorrent -t and makers of torrents
          many    all digests of 16 images of 256 MiB, against md5sum two at a time
          check   every byte of one 2 GiB image compared, against md5sum -c
          seed    blocks drained from the seeder, against libtorrent, aria2c and ctorrent
          tracker announces answered a second, against opentracker
          replicate  one image to another agent, and to four, against rsync, scp and curl

          --dir DIR    where test files are made (default /dev/shm: read at the speed of the page cache)
          --rounds N   interleaved rounds; the tables show medians (default 7)
          --mib N      size of a test file in MiB, instead of the usual one
          --only NAME  one contestant alone, of seed
        """;

    private static readonly string[] Commands = ["index", "many", "check", "seed", "tracker", "replicate"];

    /// <summary>Null where the usage was printed instead.</summary>
    public static BenchmarkOptions? Parse(string[] args)
    {
        if (args.Length % 2 == 0 || !Commands.Contains(args[0]))
            return Refuse();
        var options = new BenchmarkOptions(args[0], "/dev/shm", 7, 0);
        foreach (var pair in args.Skip(1).Chunk(2))
        {
            if (options.With(pair[0], pair[1]) is not { } next)
                return Refuse();
            options = next;
        }
        return options;
    }

    private BenchmarkOptions? With(string key, string value) => (key, int.TryParse(value, NumberStyles.None, null, out var number)) switch
    {
        ("--dir", _) => this with { Directory = value },
        ("--only", _) => this with { Only = value },
        ("--rounds", true) when number > 0 => this with { Rounds = number },
        ("--mib", true) when number > 0 => this with { Scale = number },
        _ => null,
    };

    private static BenchmarkOptions? Refuse()
    {
        Console.Error.WriteLine(Usage);
        return null;
    }
}

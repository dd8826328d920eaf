using System.Text.RegularExpressions;

namespace Agent.Adoption;

/// <summary>
/// Switches off the cron jobs whose work the agent does. A file of cron.d with nothing else in it is put aside, under a name that cron passes over;
/// in others only those lines become comments.
/// </summary>
internal static partial class CronSteps
{
    private const string Aside = ".ogrepo-adopted";
    private const string Comment = "#ogrepo-adopted# ";
    private const string CronDirectory = "/etc/cron.d";

    private static readonly string[] Single = ["/etc/crontab"];
    private static readonly string[] Directories = [CronDirectory, "/var/spool/cron/crontabs"];

    public static IEnumerable<AdoptionStep> Of(ServerRoot root) => Files(root).Select(file => StepOf(root, file)).OfType<AdoptionStep>();

    private static IEnumerable<string> Files(ServerRoot root) => Single.Select(root.At).Where(File.Exists)
        .Concat(Directories.Select(root.At).Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).Order(StringComparer.Ordinal))
        .Where(file => CronName().IsMatch(Path.GetFileName(file)));

    private static AdoptionStep? StepOf(ServerRoot root, string file)
    {
        var lines = File.ReadAllText(file).Split('\n');
        var jobs = lines.Where(IsJob).ToList();
        var ours = jobs.Where(IsReplaced).ToList();
        if (ours.Count == 0)
            return null;
        var programs = string.Join(", ", ours.Select(line => Replaced().Match(line).Groups[1].Value).Distinct());
        return ours.Count == jobs.Count && file.StartsWith(root.At(CronDirectory), StringComparison.Ordinal)
            ? PutAside(root, file, programs)
            : CommentOut(root, file, programs, lines);
    }

    private static AdoptionStep PutAside(ServerRoot root, string file, string programs)
    {
        var (from, to) = (root.Shown(file), root.Shown(FreeName(file)));
        return new AdoptionStep($"cron job {programs}: {from} is moved to {to}", $"mv {to} {from}", () => File.Move(file, root.At(to)));
    }

    private static AdoptionStep CommentOut(ServerRoot root, string file, string programs, string[] lines) => new(
        $"cron job {programs}: its line in {root.Shown(file)} becomes a comment",
        $"sed -i 's/^{Comment}//' {root.Shown(file)}",
        () => ServerRoot.Replace(file, string.Join('\n', lines.Select(line => IsJob(line) && IsReplaced(line) ? Comment + line : line))));

    private static string FreeName(string file) =>
        Enumerable.Range(0, int.MaxValue).Select(number => number == 0 ? file + Aside : $"{file}{Aside}.{number}").First(name => !Path.Exists(name));

    /// <summary>A line that runs something, and neither a comment nor an assignment.</summary>
    private static bool IsJob(string line) => line.Trim() is { Length: > 0 } text && text[0] != '#' && !Assignment().IsMatch(text);

    private static bool IsReplaced(string line) => Replaced().IsMatch(line);

    /// <summary>Programs whose work the agent does, as words of a command line.</summary>
    [GeneratedRegex(@"(?:^|[\s/;&|""'])(checkrepo|deletepreimage|torrent-creator|torrent-tracker)(?=$|[\s;&|>""'])")]
    private static partial Regex Replaced();

    [GeneratedRegex(@"^[A-Za-z_]\w*\s*=")]
    private static partial Regex Assignment();

    /// <summary>The names that Debian's cron looks at.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9_-]+\z")]
    private static partial Regex CronName();
}
